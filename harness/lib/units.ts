const durationMs: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Go-style duration text to milliseconds: `250ms`, `10s`, `1m30s`, `1.5s`, `20us`.
 * Returns undefined for anything else, a bare number included: a duration carries its unit.
 */
export function parseDurationMs(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(amount) * (durationMs[unit ?? ''] ?? 0);
  }
  return Math.round(total * 1e6) / 1e6;
}

/** `1%` to 0.01; undefined for a text without the percent sign or out of 0..100. */
export function parseShare(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text.trim());
  if (!match) return undefined;
  const percent = Number(match[1]);
  return percent > 100 ? undefined : percent / 100;
}

/** `200/s` to 200 (a second); undefined for anything else. */
export function parseRatePerSecond(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\/s$/.exec(text.trim());
  return match ? Number(match[1]) : undefined;
}

const quantityUnits: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  Pi: 1024 ** 5,
  Ei: 1024 ** 6,
};

/**
 * A Kubernetes quantity that is not negative (`500m`, `2`, `512Mi`, `1e9`), in its base unit;
 * undefined if it is none. Source: apimachinery/pkg/api/resource/quantity.go.
 */
export function parseQuantity(text: string): number | undefined {
  const match = /^\+?(\d+\.?\d*|\.\d+)(?:([eE][-+]?\d+)|([KMGTPE]i|[numkMGTPE])?)$/.exec(text);
  if (!match) return undefined;
  const [, digits = '', exponent = '', unit = ''] = match;
  return Number(digits + exponent) * (quantityUnits[unit] ?? 1);
}

/** Milliseconds for a reader: `850 ms`, `12.4 s`, `3 min 20 s`. */
export function formatMs(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 100_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Bytes for a reader: `512 B`, `1.2 MB`, `3.4 GB` (powers of ten). */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** Integer with thin grouping for a reader: `1,234,567`. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/**
 * A share for a reader with the digits that matter: `100 %`, `5.02 %`, `0.05 %`. What is not all is
 * never shown as all, nor what is something as nothing.
 */
export function formatShare(share: number): string {
  const percent = share * 100;
  const digits = percent === Math.round(percent) ? 0 : percent < 1 ? 3 : 2;
  if (share > 0 && percent < 0.0005) return 'below 0.001 %';
  if (share < 1 && percent > 99.99) return 'above 99.99 %';
  return `${percent.toFixed(digits)} %`;
}
