import { cursor, readField, wire } from '../../../lib/otlp/wire.ts';
import { type Grant, isAllowed } from '../../../pipeline/rbac.ts';
import { at, object, text } from '../../../pipeline/read.ts';

const apiVersion = 'authorization.k8s.io/v1';
const reviews = `/apis/${apiVersion}/selfsubjectaccessreviews`;

/**
 * Answers whether an account may do what it asks to be reviewed (SelfSubjectAccessReview).
 * @param body as JSON, or as Kubernetes writes protobuf
 * @returns undefined where that is not what is asked
 */
export function answerReview(
  url: string,
  body: Buffer,
  grants: readonly Grant[],
  account: string,
): unknown {
  if (url.split('?')[0] !== reviews) return undefined;
  const asked = resourceAsked(body);
  if (asked === undefined) return undefined;
  const allowed = isAllowed(grants, {
    account,
    verb: asked.verb ?? '',
    group: asked.group ?? '',
    resource: asked.resource ?? '',
    namespace: asked.namespace,
    name: asked.name,
  });
  const kind = 'SelfSubjectAccessReview';
  return {
    kind,
    apiVersion,
    metadata: {},
    spec: { resourceAttributes: asked },
    status: { allowed },
  };
}

const fields = [
  'namespace',
  'verb',
  'group',
  'version',
  'resource',
  'subresource',
  'name',
] as const;

type Asked = Readonly<Partial<Record<(typeof fields)[number], string>>>;

function resourceAsked(body: Buffer): Asked | undefined {
  try {
    if (body.subarray(0, magic.length).equals(magic)) return ofProtobuf(body);
    const written = object(at(JSON.parse(body.toString('utf8')), 'spec', 'resourceAttributes'));
    return Object.fromEntries(fields.map((field) => [field, text(written[field]) || undefined]));
  } catch {
    return undefined;
  }
}

/** In front of each object as protobuf (k8s.io/apimachinery, runtime/serializer/protobuf). */
const magic = Buffer.from('k8s\0');

/**
 * The `raw` of runtime.Unknown, in it `spec`, in that `resourceAttributes`; fields are numbered as
 * in k8s.io/apimachinery (runtime/generated.proto) and k8s.io/api (authorization/v1).
 */
function ofProtobuf(body: Buffer): Asked {
  const [raw] = delimited(body.subarray(magic.length), 2);
  const [spec] = raw ? delimited(raw, 2) : [];
  const [attributes] = spec ? delimited(spec, 1) : [];
  return Object.fromEntries(
    fields.map((field, i) => {
      const [value] = attributes ? delimited(attributes, i + 1) : [];
      return [field, value?.toString('utf8') || undefined];
    }),
  );
}

/** The values of a field of a message. @throws WireError where it is none */
function delimited(message: Buffer, number: number): Buffer[] {
  const field = cursor(message);
  const values: Buffer[] = [];
  for (let next = 0; next < message.length; next = field.end) {
    readField(field, next, message.length);
    if (field.number === number && field.wire === wire.delimited) {
      values.push(message.subarray(field.value, field.end));
    }
  }
  return values;
}
