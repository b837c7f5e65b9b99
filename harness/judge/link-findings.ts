/** What can be wrong with a link between telemetry, as Grafana is told of it. */
export const linkFindings = {
  'link-label-unknown': {
    title: 'A link to logs asks for a label that they do not have',
    fix: 'map the tag to the label’s own name: tags: [{ key: service.name, value: service_name }]',
  },
  'link-window-too-small': {
    title: 'A link to logs looks at a time in which they were not written',
    fix: 'widen it: spanStartTimeShift: -1m, spanEndTimeShift: 1m',
  },
  'link-window-reversed': {
    title: 'A link to logs looks at a time that ends before it begins',
    fix: 'shift the start back and the end on: spanStartTimeShift: -1m, spanEndTimeShift: 1m',
  },
  'link-id-in-metadata': {
    title: 'A link looks for the trace’s id in the line; it stands beside it',
    fix: 'ask for the metadata: filterByTraceID: true in tracesToLogsV2, matcherType: label in a derived field',
  },
  'link-id-in-body-only': {
    title: 'A link looks for a label with the trace’s id; it stands in the line only',
    fix: 'take the id out of the line: matcherType: regex with a group in matcherRegex',
  },
  'link-datasource-unknown': {
    title: 'A link leads to a data source that Grafana does not have',
    fix: 'give datasourceUid the uid that the data source is provisioned with',
  },
  'link-variable-unescaped': {
    title: 'A variable of a link was taken for one of Grafana’s environment',
    fix: 'in a provisioning file write $$ for a dollar sign',
  },
  'link-never-shown': {
    title: 'A link is configured, and no user is ever shown it',
    fix: 'see what it lacks: a variable that exists, customQuery: true beside query, name and matcherRegex in a derived field',
  },
  'link-leads-elsewhere': {
    title: 'A link shows another trace’s data',
    fix: 'see what it asks and what was answered: evidence/clicks.json',
  },
  'exemplar-label-name': {
    title: 'A link of exemplars looks for a label that they do not have',
    fix: 'give exemplarTraceIdDestinations the label’s exact name: name: trace_id',
  },
  'exemplars-not-stored': {
    title: 'Exemplars were sent and Prometheus has none',
    fix: 'start Prometheus with --enable-feature=exemplar-storage, and let no collector on the way leave them out',
  },
  'exemplar-of-unsampled': {
    title: 'An exemplar names a trace that was sampled out',
    fix: 'take exemplars from what is kept: span_metrics behind tail_sampling, or a sampler that keeps what metrics name',
  },
  'link-finds-nothing': {
    title: 'A link does not show what the backend has',
    fix: 'see what it asks and what was answered: evidence/clicks.json',
  },
} as const satisfies Record<string, { readonly title: string; readonly fix: string }>;
