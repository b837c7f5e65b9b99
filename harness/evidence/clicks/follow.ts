import { targetOf } from '../../grafana/requests.ts';
import type { DataSourceType, LinkRequest } from '../../grafana/types.ts';
import { messageOf } from '../../lib/errors.ts';
import { get } from '../../shell/http.ts';
import type { HttpTarget } from '../../stack/types.ts';
import type { Click, ClickAnswer, ItemName } from '../types.ts';
import { rowsOf } from './rows.ts';
import { spansOf } from './spans.ts';

export type Targets = ReadonlyMap<DataSourceType, HttpTarget>;

type Followed = Pick<Click, 'request' | 'answer'>;

const answerWithinMs = 15_000;
/** Of what a backend says of an error. */
const mostErrorBytes = 300;

/** Makes the request behind a link; what goes wrong is its answer, never thrown. */
export async function follow(targets: Targets, request: LinkRequest): Promise<Followed> {
  const answer = await ask(targets, request);
  const { path, parameters, otherwise } = request;
  const isInVain = request.to === 'tempo' ? answer.status === 404 : isEmpty(answer);
  return isInVain && otherwise
    ? follow(targets, otherwise)
    : { request: { path, parameters }, answer };
}

const isEmpty = ({ status, items }: ClickAnswer): boolean => status === 200 && items.length === 0;

async function ask(targets: Targets, request: LinkRequest): Promise<ClickAnswer> {
  const target = targets.get(request.to);
  if (!target) return { error: `the run has no ${request.to}`, items: [] };
  const isTrace = isOfTrace(request);
  const accept = isTrace ? 'application/protobuf' : 'application/json';
  try {
    const { status, body } = await get(target, targetOf(request), {
      accept,
      timeoutMs: answerWithinMs,
    });
    if (status !== 200) {
      return { status, error: body.toString('utf8', 0, mostErrorBytes).trim(), items: [] };
    }
    return { status, items: itemsIn(request, body) };
  } catch (error) {
    return { error: messageOf(error), items: [] };
  }
}

const isOfTrace = ({ path }: LinkRequest): boolean => /^\/api\/(v2\/)?traces\//.test(path);

function itemsIn(request: LinkRequest, body: Buffer): ItemName[] {
  const named = ({ traceId, spanId }: ItemName): ItemName => ({ traceId, spanId });
  if (isOfTrace(request)) return spansOf(body, request.path).map(named);
  return request.to === 'loki' ? rowsOf(body).map(named) : [];
}
