/**
 * A path of a container as Linux takes it, from the root: one "/" between steps and none at the
 * end, "." and ".." carried out. Images of collectors have no working directory but the root.
 */
export function cleanPath(written: string): string {
  const steps: string[] = [];
  for (const step of written.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return `/${steps.join('/')}`;
}
