import { getJson } from '../../shell/http.ts';
import type { HttpTarget } from '../../stack/types.ts';
import type { AlertAnswer } from '../alert-facts.ts';
import { query } from './prometheus.ts';

/** Of `GET /api/v1/rules?type=alert` (Prometheus, web/api/v1/api.go, `AlertingRule`). */
interface RulesResult {
  readonly data: {
    readonly groups: readonly {
      readonly rules: readonly {
        readonly name: string;
        readonly query: string;
        readonly duration: number;
        readonly lastError?: string;
        readonly lastEvaluation: string;
      }[];
    }[];
  };
}

/** A run is shorter. */
const lookBack = '1h';

/**
 * Asks Prometheus of each alerting rule that it has. Two rules of one name are told apart by
 * nothing: what one of them did, the alert did.
 */
export async function askAlerts(target: HttpTarget): Promise<AlertAnswer[]> {
  const { data } = (await getJson(target, '/api/v1/rules?type=alert')) as RulesResult;
  const rules = data.groups.flatMap((group) => group.rules);
  if (rules.length === 0) return [];
  const states = await query(
    target,
    `min by (alertname, alertstate) (min_over_time(timestamp(ALERTS)[${lookBack}:1s]))`,
  );
  const since = (alert: string, state: string): number | undefined => {
    const row = states.find(
      ({ metric }) => metric.alertname === alert && metric.alertstate === state,
    );
    return row && Number(row.value[1]) * 1_000;
  };
  const answers: AlertAnswer[] = [];
  for (const { name, query: expression, duration, lastError, lastEvaluation } of rules) {
    const evaluatedMs = Date.parse(lastEvaluation);
    answers.push({
      alert: name,
      expression,
      holdsForMs: duration * 1_000,
      // A time that was never set is of the year 1.
      evaluatedMs: evaluatedMs > 0 ? evaluatedMs : undefined,
      error: lastError === '' ? undefined : lastError,
      pendingMs: since(name, 'pending'),
      firingMs: since(name, 'firing'),
      metrics: await seriesOf(target, await metricsIn(target, expression)),
    });
  }
  return answers;
}

/** Names of metrics in an expression, as Prometheus itself reads it. */
async function metricsIn(target: HttpTarget, expression: string): Promise<string[]> {
  const parameters = new URLSearchParams({ query: expression });
  const parsed = await getJson(target, `/api/v1/parse_query?${parameters}`);
  const names = new Set<string>();
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, name } = node as { type?: unknown; name?: unknown };
    if (type === 'vectorSelector' && typeof name === 'string' && name !== '') names.add(name);
    for (const part of Object.values(node)) walk(part);
  };
  walk(parsed);
  return [...names];
}

async function seriesOf(
  target: HttpTarget,
  names: readonly string[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) {
    const [row] = await query(target, `count(last_over_time({__name__="${name}"}[${lookBack}]))`);
    counts[name] = Number(row?.value[1] ?? 0);
  }
  return counts;
}
