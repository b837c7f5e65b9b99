import { linkFindings } from './link-findings.ts';

/** Everything that a run can find. Each kind has a page: `findings/<kind>.md`. */
export const findings = {
  'held-by-killed': {
    title: 'Held in the memory of a process that was killed',
    fix: 'a persistent sending_queue keeps what is queued; what tail_sampling buffers is lost with its process',
  },
  'split-by-outage': {
    title: 'A trace was cut in two by an outage',
    fix: 'keep outages shorter than decision_wait, or raise decision_wait',
  },
  'split-by-refusal': {
    title: 'A trace was cut in two by a refusal: the rest came after the decision',
    fix: 'let what refuses have more room, or give the sender a shorter retry interval and tail_sampling a longer decision_wait',
  },
  'cut-by-restart': {
    title: 'On its way to a pod that was deleted',
    fix: 'let the loadbalancing exporter re-route: enable its own sending_queue and retry_on_failure',
  },
  'stale-ring': {
    title: 'Sent by an old list of pods: the resolver asks too seldom',
    fix: 'take the dns resolver’s interval back to its default of 5s, or use the k8s resolver, which is told',
  },
  'queue-gone-with-pod': {
    title: 'Left in a persistent queue that went with its pod, or its container',
    fix: 'keep the queue on a volume that outlives the pod: volumeClaimTemplates of a statefulset',
  },
  'queue-left-behind': {
    title: 'Left in the persistent queue of a pod that was scaled in',
    fix: 'drain the queue before the pod goes, or scale out again until its volume is empty; a tier that is scaled in at times queues in memory, which is drained on SIGTERM',
  },
  'queue-gone-with-process': {
    title: 'Queued in memory by a process that ended',
    fix: 'give its sending_queue a storage: file_storage on a volume that outlives the pod',
  },
  'not-tailed': {
    title: 'Written into a log file while nobody tailed it',
    fix: 'let the receiver keep its offsets: storage: file_storage, on a folder of the node that outlives the pod',
  },
  'target-not-scraped': {
    title: 'A target that nobody scraped',
    fix: 'look at the relabel_configs of its job, or at what its monitor and the allocator select, and at the port of its address',
  },
  'scrape-missed': {
    title: 'Scrapes that were due and never were',
    fix: 'let a second collector scrape the target as well, or take over; what nobody asked for comes back from nowhere',
  },
  'trace-split-across-gateways': {
    title: 'Spans of one trace reached several gateways',
    fix: 'send with the loadbalancing exporter, routing_key traceID, to the gateways’ headless Service',
  },
  'ring-of-one-address': {
    title: 'A load balancer found one address for several pods',
    fix: 'give the dns resolver the headless Service’s name',
  },
  'ring-empty-at-start': {
    title: 'Refused because a load balancer knew nobody yet',
    fix: 'shorten resolver.dns.interval, or use the k8s resolver, which is told as soon as pods are ready',
  },
  'decided-before-complete': {
    title: 'Decided before the trace was complete',
    fix: 'raise tail_sampling.decision_wait above the longest trace plus its delivery delay',
  },
  'evicted-before-decision': {
    title: 'Evicted from the gateway’s memory before it decided',
    fix: 'raise tail_sampling.num_traces above new traces per second x decision_wait, or set decision_cache',
  },
  'context-stripped': {
    title: 'Trace context was removed on the way',
    fix: 'let the proxy pass the header on',
  },
  'context-overwritten': {
    title: 'Trace context was replaced on the way',
    fix: 'let the proxy pass the header on as it comes',
  },
  'context-not-read': {
    title: 'Trace context arrived and was not taken',
    fix: 'let both sides speak one format: OTEL_PROPAGATORS',
  },
  'context-not-sent': {
    title: 'A request or message was sent without trace context',
    fix: 'let the sender inject its context',
  },
  'context-unsampled': {
    title: 'The sampled flag was cleared on the way',
    fix: 'let the flag pass as it comes, and sample by the parent',
  },
  'promise-not-configured': {
    title: 'The policies do not keep what was promised',
    fix: 'correct the policy that is named',
  },
  'sampled-before-tail': {
    title: 'Dropped by a sampler in front of tail sampling',
    fix: 'take the head sampler out of the agents: tail sampling can only keep what reaches it',
  },
  'filtered-before-tail': {
    title: 'Dropped by a filter in front of tail sampling',
    fix: 'narrow the filter’s condition',
  },
  'dropped-by-filter': {
    title: 'Dropped by a filter',
    fix: 'narrow the filter’s condition',
  },
  'derived-of-sampled': {
    title: 'Metrics are made of what sampling left',
    fix: 'let the pipeline in front of tail_sampling feed the connector: its rates are of all requests then',
  },
  'derived-collides': {
    title: 'Several processes write one series',
    fix: 'let each have a label of its own: collector.instance.id, or an attribute of its resource',
  },
  'derived-miscounted': {
    title: 'A metric made of spans or log records does not count what came',
    fix: 'see which labels differ, and what takes or refuses their points behind the connector',
  },
  'routed-nowhere': {
    title: 'A routing connector sends it to no pipeline',
    fix: 'give the connector default_pipelines: what no row of its table takes is dropped without a word',
  },
  'ended-by-config': {
    title: 'Ended where the configuration ends its way',
    fix: 'give its pipeline an exporter that leads to a backend',
  },
  'wrong-decision': {
    title: 'The gateway decided otherwise than its policies say',
    fix: 'report it: the collector or the model of its policies is wrong',
  },
  'refused-at-entry': {
    title: 'Refused by the first tier; the sender was told',
    fix: 'give the first tier more memory or more pods, or let senders retry',
  },
  'refused-by-gateway': {
    title: 'Refused by the gateway until the agent gave up',
    fix: 'give the gateway more memory, or the agents a longer max_elapsed_time',
  },
  'refused-by-backend': {
    title: 'Refused by the backend until the gateway gave up',
    fix: 'raise the backend’s limits, or the gateway’s retry_on_failure.max_elapsed_time',
  },
  'timeout-too-short': {
    title: 'Given up by the sender’s own deadline, though the backend took it',
    fix: 'raise the exporter’s timeout above the slowest answer; its default is 5s',
  },
  'dropped-by-exporter': {
    title: 'Dropped by an exporter',
    fix: 'see the exporter’s message: a full sending_queue, or retries that ended',
  },
  duplicated: {
    title: 'Delivered more than once',
    fix: 'export each signal once; where a retry repeats an answered request, raise the timeout',
  },
  'scraped-twice': {
    title: 'A target was scraped by several collectors',
    fix: 'one replica, or a target allocator, which gives each target to one of them',
  },
  'metadata-missing': {
    title: 'Spans or log records that do not say of which pod they are',
    fix: 'let k8s_attributes extract it in the tier that the pods send to (extract.metadata), and let nothing behind it take it out',
  },
  'metadata-of-another-pod': {
    title: 'Spans or log records that say of a pod that it sent them, and another did',
    fix: 'associate by what the pod itself sends (k8s.pod.ip by the Downward API, or k8s.pod.uid), by the connection only where pods connect directly',
  },
  'label-missing': {
    title: 'Logs or metrics that can’t be found by what their spans are found by',
    fix: 'make it a label: otlp_config.resource_attributes of Loki (or what its clients call structured metadata), promote_resource_attributes of Prometheus, or ask by a label that both have',
  },
  'label-differs': {
    title: 'Logs or metrics that are labelled otherwise than their spans',
    fix: 'edit the attribute in the pipelines of all signals, or in none',
  },
  altered: {
    title: 'Changed on the way beyond what the pipeline declares',
    fix: 'see what differs and which processor could have done it',
  },
  leaked: {
    title: 'A secret came to a backend, or into a collector’s log',
    fix: 'take it out in the last tier, behind everything that adds attributes, in each pipeline that has a backend',
  },
  'late-span-lost': {
    title: 'A late span of a kept trace did not join it',
    fix: 'raise num_traces or set decision_cache.sampled_cache_size, so that decisions are remembered',
  },
  'late-span-orphaned': {
    title: 'A late span was kept without its trace',
    fix: 'set decision_cache.non_sampled_cache_size, so that decisions are remembered',
  },
  'visible-too-late': {
    title: 'Could be queried too late',
    fix: 'shorten decision_wait or the backend’s flush periods',
  },
  restarted: { title: 'A container restarted', fix: 'see the last lines of its log' },
  'oom-killed': {
    title: 'Killed for want of memory',
    fix: 'raise the memory limit, or let memory_limiter refuse earlier; size num_traces to the memory',
  },
  'not-in-backend': {
    title: 'Accepted by the backend but not found in it',
    fix: 'see the backend’s own limits and discarded counters',
  },
  unexplained: {
    title: 'No evidence explains what became of it',
    fix: 'run `npm run bench -- explain <run> <trace id>`; this may be a defect of the bench',
  },
  'still-retrying': {
    title: 'Still on its way when the bench stopped the collectors',
    fix: 'see what it waits for; where it would arrive in time, give the run longer: settle: 300s',
  },
  'not-modelled': {
    title: 'Not delivered, by a rule that the bench does not model',
    fix: 'write the rule in a form that is modelled, or leave it out of this scenario',
  },
  'never-planned': {
    title: 'Seen, but nobody sent it',
    fix: 'find out who else sends to this pipeline; ids may have been changed on the way',
  },
  'load-not-offered': {
    title: 'The load was not offered as planned',
    fix: 'lower the rate or free the machine’s processors: the generator could not keep its times',
  },
  'machine-starved': {
    title: 'The machine had no processor to spare',
    fix: 'run it alone, with fewer --jobs, or at a lower rate: what was slow is open, in whoever’s settings',
  },
  'fault-did-not-bite': {
    title: 'The fault did not take effect',
    fix: 'see the receipt; move the fault into the traffic, or raise the load',
  },
  'evidence-missing': {
    title: 'Evidence is missing',
    fix: 'run it again; see the run’s journal for what went wrong',
  },
  'config-rejected': {
    title: 'A collector rejects its configuration',
    fix: 'correct what its own words name; in Kubernetes this pod is in a crash loop',
  },
  'component-not-in-image': {
    title: 'A collector’s image lacks a component that its configuration names',
    fix: 'set an image that has it, such as the contrib distribution',
  },
  'never-ready': {
    title: 'A pod of the pipeline never got ready',
    fix: 'see the last lines of its log: what it waits for, or what it could not start',
  },
  'not-alerted': {
    title: 'An alert did not fire',
    fix: 'let it name metrics that the collectors have, and hold for less than what it is for lasts',
  },
  'false-alarm': {
    title: 'An alert fired that should not have',
    fix: 'give it a for:, or a threshold above what ordinary traffic shows',
  },
  'not-scraped': {
    title: 'Prometheus holds no series of a collector',
    fix: 'expose the metrics reader on 0.0.0.0:8888',
  },
  ...linkFindings,
} as const satisfies Record<string, { readonly title: string; readonly fix: string }>;

export type FindingKind = keyof typeof findings;
export const findingKinds = Object.keys(findings) as FindingKind[];
