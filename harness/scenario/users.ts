import { z } from 'zod';
import {
  type AppName,
  type AppService,
  appNames,
  type ProxyHabits,
  type ProxyName,
} from './apps.ts';
import { contextHeaders } from './context-headers.ts';
import { rate, share, strict } from './words/forms.ts';

/** As `OTEL_PROPAGATORS` names them. */
const propagators = ['tracecontext', 'baggage', 'b3', 'b3multi'] as const;
const carriages = ['parent', 'link', 'none'] as const;

/** What a proxy does to the context of what it passes on; undefined: nothing. */
const proxyForm = strict({
  remove: z.array(z.enum(contextHeaders)).min(1).optional(),
  newTrace: z.literal(true).optional(),
  unsample: z.literal(true).optional(),
});

const propagatorList = z.array(z.enum(propagators)).min(1).optional();

/** `users:` of a scenario: requests of users to the sample application. */
export const usersForm = strict({
  app: z.enum(appNames),
  rate,
  fails: strict({ payment: share.optional(), worker: share.optional() }).optional(),
  proxies: strict({
    ingress: proxyForm.optional(),
    'payment-proxy': proxyForm.optional(),
  }).optional(),
  propagators: strict({
    frontend: propagatorList,
    checkout: propagatorList,
    payment: propagatorList,
    worker: propagatorList,
  }).optional(),
  messages: z.enum(carriages).optional(),
});

/** Requests of users to the sample application, and how its programs treat their context. */
export interface UserLoad {
  readonly app: AppName;
  readonly ratePerSecond: number;
  /** Shares of the orders at which a service fails; each is a class of its own. */
  readonly failures: readonly UserClass[];
  readonly proxies: Readonly<Partial<Record<ProxyName, ProxyHabits>>>;
  /** Of services that differ from the SDK's default, `tracecontext` and `baggage`. */
  readonly propagators: Readonly<Partial<Record<AppService, readonly string[]>>>;
  /** How the context of a message is carried. */
  readonly messages: (typeof carriages)[number];
}

export interface UserClass {
  readonly name: string;
  readonly service: AppService;
  readonly share: number;
}

/** The class of orders at which nothing fails. */
export const ordinaryClass = 'ordered';

export function usersOf(written: z.output<typeof usersForm>): UserLoad {
  const { app, rate: ratePerSecond, fails = {}, proxies = {}, propagators: own = {} } = written;
  const failures = (['payment', 'worker'] as const).flatMap((service): UserClass[] => {
    const part = fails[service];
    return part === undefined ? [] : [{ name: `${service}-fails`, service, share: part }];
  });
  const messages = written.messages ?? 'parent';
  return {
    app,
    ratePerSecond,
    failures,
    proxies: present(proxies),
    propagators: present(own),
    messages,
  };
}

/** Without the keys that were not written. */
const present = <T extends object>(object: T) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };

/** The classes of users' orders, by the names that `kept` gives them. */
export const userClassNames = (users: UserLoad | undefined): string[] =>
  users ? [ordinaryClass, ...users.failures.map(({ name }) => name)] : [];
