/** What is shown in the place of a secret. */
export const hidden = '(hidden)';

/**
 * What looks like a secret, and what is shown for it. Ids of traces and spans do not, nor does what
 * stands behind the name of a component that has such a word in it.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, hidden],
  [/\b(Bearer|Basic)\s+(?=\S*[\d=_])[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${hidden}`],
  [
    /(authorization["']?\s*[:=]\s*["']?(?:Bearer|Basic)\s+)(?!\(hidden\))[^\s"',;]+/gi,
    `$1${hidden}`,
  ],
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)?/g, hidden],
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, hidden],
  [/\b(gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-)[A-Za-z0-9_-]{12,}/g, hidden],
  [/(:\/\/)[^\s/:@]+:[^\s/@]+@/g, `$1${hidden}@`],
  [/(?<![\w-])canary-[\w-]+-(?:\d+|[\da-f]{8})\b/g, hidden],
  [
    /((?<![\w.-])(?!bearertokenauth\b)[\w.-]*(?:authorization|cookie|passw(?:or)?d|secret|token|api[_-]?key|credential)[\w.-]*["']?\s*[:=]\s*)(?!expected\b|found\b|\(hidden\)|(?:Bearer|Basic)\s)("[^"]*"|'[^']*'|[^\s,;&)]+)/gi,
    `$1${hidden}`,
  ],
];

/** A text with everything that looks like a secret hidden: reports are passed around. */
export function redact(text: string): string {
  return patterns.reduce((rest, [pattern, shown]) => rest.replace(pattern, shown), text);
}
