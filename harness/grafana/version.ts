import type { GrafanaVersion } from './types.ts';

/** Taken where a pipeline's author does not say which Grafana is used. */
export const usualVersion = '13.1';

/** A feature toggle of Grafana that changes what a click asks. */
export const knownToggles = ['dynamicTraceToLogs'] as const;
export type Toggle = (typeof knownToggles)[number];

/** grafana#93923, merged on 2024-09-27, when 11.3 was next. */
const asksMetadataSince = [11, 3] as const;
/** grafana#130515, merged on 2026-08-11, when 13.2 was next. */
const namesAsLokiSince = [13, 2] as const;

/** How a version of Grafana makes its links; `text` is `major.minor`, a patch may follow. */
export function versionOf(text: string, toggles: readonly Toggle[] = []): GrafanaVersion {
  const namesAsLoki = isSince(text, namesAsLokiSince);
  const probes = namesAsLoki && toggles.includes('dynamicTraceToLogs');
  const asksMetadata = isSince(text, asksMetadataSince);
  return {
    text,
    spanToLogs: probes ? 'probes' : asksMetadata ? 'line-or-metadata' : 'line',
    namesAsLoki,
  };
}

function isSince(text: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = text.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
