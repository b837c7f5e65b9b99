/**
 * What Kubernetes takes for names, labels, ports and the like: its own rules, each with the words
 * for a message. Source: kubernetes v1.34, staging/src/k8s.io/apimachinery/pkg/util/validation.
 */
export interface Rule {
  readonly expected: string;
  readonly fits: (written: string) => boolean;
}

const rule = (
  expected: string,
  most: number,
  form: RegExp,
  also?: (t: string) => boolean,
): Rule => ({
  expected,
  fits: (written) => written.length <= most && form.test(written) && (also?.(written) ?? true),
});

const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';

/** RFC 1123: namespaces, containers, volumes. */
export const dnsLabel = rule(
  'at most 63 lower-case letters, digits and "-", a letter or digit at both ends',
  63,
  new RegExp(`^${label}$`),
);

/** RFC 1035: Services. */
export const serviceName = rule(
  'at most 63 lower-case letters, digits and "-", a letter first, a letter or digit last',
  63,
  /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/,
);

/** RFC 1123: most resources. */
export const dnsSubdomain = rule(
  'at most 253 lower-case letters, digits, "-" and ".", a letter or digit at the ends of each part',
  253,
  new RegExp(`^${label}(?:\\.${label})*$`),
);

/**
 * RBAC resources: anything that can be a step of a path, spaces too (apimachinery,
 * pkg/api/validation/path, IsValidPathSegmentName).
 */
export const pathSegment: Rule = {
  expected: 'a text without "/" and "%" that is not "." or ".."',
  fits: (written) => /^[^/%]+$/.test(written) && written !== '.' && written !== '..',
};

const namePart = '[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?';

export const labelValue = rule(
  'at most 63 letters, digits, "-", "_" and ".", a letter or digit at both ends',
  63,
  new RegExp(`^(?:${namePart})?$`),
);

/** Keys of labels and annotations: `app`, `app.kubernetes.io/name`. */
export const qualifiedName: Rule = {
  expected:
    'at most 63 letters, digits, "-", "_" and ".", if need be behind a DNS name and "/" (as example.com/name)',
  fits: (written) => {
    const parts = written.split('/');
    const name = parts.at(-1) ?? '';
    if (parts.length > 2 || name === '' || !labelValue.fits(name)) return false;
    return parts.length === 1 || dnsSubdomain.fits(parts[0] ?? '');
  },
};

/** Keys of a ConfigMap or Secret, which become names of files. */
export const contentKey = rule(
  'at most 253 letters, digits, "-", "_" and "."',
  253,
  /^[-._a-zA-Z0-9]+$/,
  (written) => written !== '.' && !written.startsWith('..'),
);

export const environmentName = rule(
  'letters, digits, "_", "-" and ".", no digit first',
  1024,
  /^[-._a-zA-Z][-._a-zA-Z0-9]*$/,
  (written) => written !== '.' && !written.startsWith('..'),
);

/** IANA service names, which ports have. */
export const portName = rule(
  'at most 15 lower-case letters, digits and single "-", at least one letter, no "-" at the ends',
  15,
  /^(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$/,
);

/** `v1`, `apps/v1`, `opentelemetry.io/v1beta1`. */
export const apiVersion: Rule = {
  expected: 'a version such as v1 or apps/v1',
  fits: (written) => {
    const parts = written.split('/');
    if (parts.length > 2 || !serviceName.fits(parts.at(-1) ?? '')) return false;
    return parts.length === 1 || dnsSubdomain.fits(parts[0] ?? '');
  },
};

/** `Deployment`, `OpenTelemetryCollector`. */
export const kindName = rule('a kind such as Deployment', 63, /^[A-Z][A-Za-z0-9]*$/);

const image = '[A-Za-z0-9][A-Za-z0-9._:/@+-]*';
export const imageName = rule(
  'an image such as otel/opentelemetry-collector-contrib:0.152.0',
  1024,
  new RegExp(`^${image}$`),
);

/** Where a volume is mounted. What a container's runtime makes itself can't be mounted over. */
export const mountPath = rule(
  'an absolute path without "..", ":" and control characters, not "/", /proc, /sys or /dev itself',
  1024,
  /^\/[^:\p{C}]+$/u,
  (written) => {
    const steps = written.split('/').filter((step) => step !== '' && step !== '.');
    const [first = ''] = steps;
    const taken =
      ['proc', 'sys', '.start'].includes(first) || (first === 'dev' && steps.length === 1);
    return steps.length > 0 && !taken && !steps.includes('..');
  },
);

const noStepUp = (written: string): boolean => !written.split('/').includes('..');

/** A folder of a node. */
export const innerPath = rule(
  'a path without ".." and control characters',
  1024,
  /^[^\p{C}]*$/u,
  noStepUp,
);

/** A file or folder inside a volume. */
export const filePath = rule(
  'a relative path without ".." and control characters',
  1024,
  /^(?!\/)[^\p{C}]+$/u,
  noStepUp,
);

/** What an operating system hands to a program: as long as Linux takes, without its end mark. */
export const word: Rule = {
  expected: 'a text of less than 128 KiB without NUL',
  fits: (written) => !written.includes('\0') && Buffer.byteLength(written) < 131_000,
};
