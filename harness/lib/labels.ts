/** What is no letter, digit or underscore becomes one (strutil.SanitizeLabelName). */
export const labelName = (name: string): string => name.replace(/[^a-zA-Z0-9_]/g, '_');

/** By what a set of labels is told from others, in whatever order they stand. */
export const labelsKey = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).sort());
