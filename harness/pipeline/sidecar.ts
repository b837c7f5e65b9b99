import type { PodReader } from './contents.ts';
import { isCollectorImage, isRawWorkload } from './raw.ts';
import { at, list, nearest, object, text } from './read.ts';
import type { Resource } from './types.ts';

const annotation = 'sidecar.opentelemetry.io/inject';
const onTemplate = ['spec', 'template', 'metadata', 'annotations', annotation];

/** Where sidecars run: in the pods of these applications, and so in their namespace. */
export interface Carriers {
  /** The workloads of those pods. */
  readonly carriers: readonly Resource[];
  /** Undefined where the folder has no applications: then any may carry it. */
  readonly injectedInto: readonly string[] | undefined;
  readonly namespace: string;
}

/**
 * The workloads whose pods carry a sidecar, by name, as the operator's webhook picks them from the
 * annotation on their pods and namespace (v0.148.0, internal/webhook/podmutation and
 * pkg/sidecar/annotation.go). A workload that asks for a sidecar that is none is a problem.
 */
export function carriersOf(sidecar: Resource, reader: PodReader): Carriers {
  const { resources } = reader;
  const applications = resources.filter((r) => isRawWorkload(r) && isApplication(r));
  const sidecars = resources.filter(isSidecar);
  const carriers = applications.filter((workload) => {
    const asked = askedBy(workload, resources);
    if (asked === undefined) return false;
    const found = sidecars.filter((one) => isMeant(asked, workload, one));
    const [only, second] = found;
    // Said once, whichever sidecar is read.
    if (sidecars[0] === sidecar && (!only || second)) {
      const many = second ? 'which of several is meant can’t be known' : 'which is no sidecar';
      const known = sidecars.map(({ name }) => name);
      reader.problems.push({
        place: workload.place(onTemplate),
        message: `${workload.kind}/${workload.name} asks for sidecar "${asked}", ${many}: its pods run without`,
        ...nearest(asked, known),
      });
    }
    return only === sidecar && !second;
  });
  if (applications.length === 0) {
    reader.notes.push(
      `OpenTelemetryCollector/${sidecar.name}: no application of the folder asks for it; each simulated service is taken to carry it`,
    );
    return { carriers, injectedInto: undefined, namespace: sidecar.namespace };
  }
  if (carriers.length === 0 && reader.problems.length === 0) {
    reader.problems.push({
      place: reader.place(['spec', 'mode']),
      message: `no pod carries sidecar "${sidecar.name}"`,
      hint: `annotate an application's pods: ${annotation}: ${sidecar.name}`,
    });
  }
  const [first] = carriers;
  const elsewhere = carriers.filter(({ namespace }) => namespace !== first?.namespace);
  for (const { kind, name, place } of elsewhere) {
    const message = `${kind}/${name} carries sidecar "${sidecar.name}" in another namespace than ${first?.name}; one is simulated`;
    const hint = 'for the test, in a copy of the folder, keep the applications of one namespace';
    reader.problems.push({ place: place(['metadata', 'namespace']), message, hint });
  }
  const namespace = first?.namespace ?? sidecar.namespace;
  return { carriers, injectedInto: carriers.map(({ name }) => name), namespace };
}

const isSidecar = ({ kind, value }: Resource): boolean =>
  kind === 'OpenTelemetryCollector' && object(value.spec).mode === 'sidecar';

const isApplication = ({ value }: Resource): boolean =>
  list(at(value, 'spec', 'template', 'spec', 'containers')).some(
    (container) => !isCollectorImage(text(object(container).image) ?? ''),
  );

/** What the annotations ask for; undefined: for none. The pod's goes first, but for a bare true. */
function askedBy(workload: Resource, resources: readonly Resource[]): string | undefined {
  const namespace = resources.find((r) => r.kind === 'Namespace' && r.name === workload.namespace);
  const own = text(at(workload.value, ...onTemplate)) ?? '';
  const common = text(at(object(namespace?.value), 'metadata', 'annotations', annotation)) ?? '';
  const isBare = own.toLowerCase() === 'true';
  const isOff = (value: string): boolean => value === '' || value.toLowerCase() === 'false';
  const asked = own === '' || (isBare && !isOff(common)) ? common : own;
  return isOff(asked) ? undefined : asked;
}

/** `true` means the only one of the workload's namespace, else its name or `namespace/name`. */
function isMeant(asked: string, { namespace }: Resource, sidecar: Resource): boolean {
  if (asked.toLowerCase() === 'true') return sidecar.namespace === namespace;
  const [first = '', second] = asked.split('/');
  return second === undefined
    ? sidecar.namespace === namespace && sidecar.name === first
    : sidecar.namespace === first && sidecar.name === second;
}
