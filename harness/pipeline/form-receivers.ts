import type { SpanForm } from '../lib/span-forms.ts';
import { object, text } from './read.ts';
import type { Component } from './types.ts';

/** A receiver that takes spans in another form than OTLP. */
export interface FormReceiver {
  readonly form: SpanForm;
  readonly receiver: Component;
  /** As it is written; undefined for the default. */
  readonly endpoint: string | undefined;
}

/** Where each form's settings stand in a receiver of its type; over HTTP where it takes both. */
const settingsIn: Readonly<Record<string, readonly (readonly [SpanForm, ...string[]])[]>> = {
  zipkin: [['zipkin']],
  jaeger: [
    ['jaegerThrift', 'protocols', 'thrift_http'],
    ['jaegerProto', 'protocols', 'grpc'],
  ],
};

/**
 * How a receiver takes spans from other tracers. One that makes numbers of their tags, ends TLS or
 * asks for credentials does not: what it makes of them is not modelled. Nor does one without an
 * endpoint, which listens for its own pod (contrib v0.152.0, zipkinreceiver and jaegerreceiver,
 * factory.go). Jaeger's agents' UDP is not spoken.
 *
 * @returns undefined for any other receiver
 */
export function formReceiver(receiver: Component): FormReceiver | undefined {
  if (receiver.kind !== 'receivers') return undefined;
  for (const [form, ...path] of settingsIn[receiver.type] ?? []) {
    const settings = path.reduce((inner, key) => object(inner[key]), receiver.config);
    const endpoint = text(settings.endpoint);
    const isReached = /^(?!localhost|127\.)/.test(endpoint ?? 'localhost');
    if (isReached && !(settings.parse_string_tags ?? settings.tls ?? settings.auth)) {
      return { form, receiver, endpoint };
    }
  }
  return undefined;
}
