/**
 * The sample application whose services really run: k6's users ask the `ingress` for an order, each
 * service asks the next, and the worker hears of it through the queue. Context must pass each hop.
 */
export const appNames = ['shop'] as const;
export type AppName = (typeof appNames)[number];

/** The tier of its pods in the record of lives; no tier of manifests can be named so. */
export const appTier = 'app/shop';

/** Programs that take part, each a pod of its own. */
export const appPods = ['ingress', 'frontend', 'checkout', 'payment', 'queue', 'worker'] as const;
export type AppPod = (typeof appPods)[number];

/** Those that are instrumented and send spans. */
export const appServices = ['frontend', 'checkout', 'payment', 'worker'] as const;
export type AppService = (typeof appServices)[number];

/** Where one program hands a request to the next, and what its context must get through. */
export interface AppHop {
  readonly from: 'user' | AppService;
  readonly to: AppService;
  /** Kinds of the two spans that must be parent and child (trace.proto, SpanKind). */
  readonly kinds: readonly [from: number, to: number];
  /** The proxy in between, by the name that a scenario gives it; the queue passes headers as is. */
  readonly proxy: ProxyName | undefined;
  readonly by: 'http' | 'message';
}

/** The proxies are two entries of one ingress: the public one, and one in front of payment. */
export const proxyNames = ['ingress', 'payment-proxy'] as const;
export type ProxyName = (typeof proxyNames)[number];

/** What a proxy does to the context of what it passes on; nothing, unless it is told to. */
export interface ProxyHabits {
  /** Headers that it takes out. */
  readonly remove?: readonly string[] | undefined;
  /** It puts ids of its own into `traceparent`, and sends no span of them. */
  readonly newTrace?: true | undefined;
  /** It clears the sampled flag. */
  readonly unsample?: true | undefined;
}

const [server, client, producer, consumer] = [2, 3, 4, 5];

/** In the order in which a request takes them. */
export const appHops: readonly AppHop[] = [
  { from: 'user', to: 'frontend', kinds: [client, server], proxy: 'ingress', by: 'http' },
  { from: 'frontend', to: 'checkout', kinds: [client, server], proxy: undefined, by: 'http' },
  { from: 'checkout', to: 'payment', kinds: [client, server], proxy: 'payment-proxy', by: 'http' },
  { from: 'checkout', to: 'worker', kinds: [producer, consumer], proxy: undefined, by: 'message' },
];

/** The attribute of every span of the shop that says which order it is about. */
export const orderKey = 'shop.order';
