import { type Labels, relabel } from '../../pipeline/relabel.ts';
import type { ScrapeTarget } from '../../pipeline/scrape.ts';
import type { Component } from '../../pipeline/types.ts';
import { podLabel } from '../../plan/types.ts';
import type { Drops, ItemFacts } from './item-facts.ts';

const nameLabel = '__name__';
const exposedLabel = podLabel.replaceAll('.', '_');

/**
 * What receivers that scrape leave out by their `metric_relabel_configs`, a rule a receiver; what
 * these name anew can't be followed.
 */
export const scrapeRules = (
  targets: readonly ScrapeTarget[],
): { readonly component: Component; readonly drops: Drops }[] =>
  [...Map.groupBy(targets, ({ receiver }) => receiver)].map(([component, own]) => ({
    component,
    drops: (facts) => dropsSample(own, facts),
  }));

/** Undefined where the sample is another behind the rules, or they can't be followed. */
function dropsSample(targets: readonly ScrapeTarget[], facts: ItemFacts): boolean | undefined {
  const { name, resource } = facts;
  const own = targets.filter(
    ({ labels }) =>
      labels.job === resource['service.name'] &&
      labels.instance === resource['service.instance.id'],
  );
  const answers = own.map(({ metricRelabel, unmodelled }) => {
    if (unmodelled !== undefined) return undefined;
    const before: Labels = { ...labelsOf(facts), [nameLabel]: name };
    const after = relabel(before, metricRelabel);
    if ('droppedBy' in after) return true;
    if ('unmodelled' in after) return undefined;
    const isSame = [nameLabel, exposedLabel].every((key) => after.labels[key] === before[key]);
    return isSame ? false : undefined;
  });
  const [answer] = answers;
  return answers.every((one) => one === answer) ? answer : undefined;
}

const labelsOf = ({ attributes, resource }: ItemFacts): Labels => ({
  ...Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, String(value)])),
  job: String(resource['service.name'] ?? ''),
  instance: String(resource['service.instance.id'] ?? ''),
});
