import { formOfPath, type SpanForm } from '../../lib/span-forms.ts';
import { fromJaegerProto, toJaegerProto } from './jaeger-proto.ts';
import { fromThrift, toThrift } from './jaeger-thrift.ts';
import { fromZipkin, toZipkin } from './zipkin.ts';

/** A form of spans that is not OTLP's. */
interface FormCodec {
  /** An OTLP request of the load's in this form, without what that has no place for. */
  write(otlp: Buffer): Buffer;
  /**
   * What a receiver makes of a request, as OTLP.
   *
   * @throws where it is none, or holds what is not modelled
   */
  read(request: Buffer): Buffer;
}

export const codecs: Readonly<Record<SpanForm, FormCodec>> = {
  zipkin: { write: toZipkin, read: fromZipkin },
  jaegerThrift: { write: toThrift, read: fromThrift },
  jaegerProto: { write: toJaegerProto, read: fromJaegerProto },
};

/** What a receiver makes of a request to a path: of OTLP nothing else. */
export function asOtlp(path: string, request: Buffer): Buffer {
  const form = formOfPath(path);
  return form === undefined ? request : codecs[form].read(request);
}
