import type { ComponentKind } from './types.ts';

/** Names of modules by kind, without the kind at their end: `tailsampling`. */
export type Lists = Readonly<Record<ComponentKind, readonly string[]>>;

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const core: Lists = {
  receivers: words('hostmetrics jaeger kafka nop otlp prometheus zipkin'),
  processors: words('attributes batch filter memorylimiter probabilisticsampler resource span'),
  exporters: words('debug file kafka nop otlp otlphttp prometheus prometheusremotewrite zipkin'),
  connectors: words('forward'),
  extensions: words('healthcheck pprof zpages'),
};

const k8s: Lists = {
  receivers: words(`
    filelog fluentforward hostmetrics httpcheck jaeger journald k8scluster k8sevents
    k8sobjects kubeletstats otelarrow otlp prometheus receivercreator zipkin
  `),
  processors: words(`
    attributes batch cumulativetodelta deltatocumulative deltatorate drain filter groupbyattrs
    groupbytrace interval k8sattributes logdedup memorylimiter metricsgeneration
    metricstransform probabilisticsampler redaction remotetap resource resourcedetection
    tailsampling transform
  `),
  exporters: words('debug file loadbalancing nop otelarrow otlp otlphttp'),
  connectors: words(`
    count exceptions failover forward otlpjson roundrobin routing servicegraph spanmetrics
  `),
  extensions: words(`
    ack basicauth bearertokenauth cgroupruntime filestorage headerssetter healthcheck
    hostobserver httpforwarder k8sleaderelector k8sobserver oauth2clientauth oidcauth opamp
    pprof zpages
  `),
};

const contrib: Lists = {
  receivers: words(`
    activedirectoryds aerospike apache apachespark awscloudwatch awscontainerinsight
    awsecscontainermetrics awsfirehose awslambda awss3 awsxray azureblob azureeventhub
    azuremonitor bigip carbon chrony ciscoos cloudflare cloudfoundry collectd couchdb datadog
    dockerstats elasticsearch envoyals expvar faro filelog filestats flinkmetrics
    fluentforward github gitlab googlecloudmonitoring googlecloudpubsub googlecloudspanner
    haproxy hostmetrics httpcheck icmpcheck iis influxdb jaeger jmx journald k8scluster
    k8sevents k8sobjects kafka kafkametrics kubeletstats libhoney loki macosunifiedlogging
    memcached mongodb mongodbatlas mysql namedpipe netflow nginx nop nsxt ntp oracledb
    otelarrow otlp otlpjsonfile podman postgresql pprof prometheus prometheusremotewrite
    pulsar purefa purefb rabbitmq receivercreator redis riak saphana signalfx simpleprometheus
    skywalking snmp snowflake solace splunkenterprise splunkhec sqlquery sqlserver sshcheck
    statsd stef syslog systemd tcpcheck tcplog tlscheck udplog vcenter wavefront webhookevent
    windowseventlog windowsperfcounters windowsservice yanggrpc zipkin zookeeper
  `),
  processors: words(`
    attributes batch cardinalityguardian coralogix cumulativetodelta deltatocumulative
    deltatorate drain filter genainormalizer geoip groupbyattrs groupbytrace interval
    isolationforest k8sattributes logdedup memorylimiter metricsgeneration metricstarttime
    metricstransform probabilisticsampler redaction remotetap resource resourcedetection
    schema span sumologic tailsampling transform unroll
  `),
  exporters: words(`
    alibabacloudlogservice awscloudwatchlogs awsemf awskinesis awss3 awsxray azureblob
    azuredataexplorer azuremonitor bmchelix carbon cassandra clickhouse coralogix datadog
    dataset debug doris elasticsearch faro file googlecloud googlecloudpubsub
    googlecloudstorage googlemanagedprometheus honeycombmarker influxdb kafka loadbalancing
    logicmonitor logzio mezmo nop opensearch otelarrow otlp otlphttp prometheus
    prometheusremotewrite pulsar rabbitmq sapm sentry signalfx splunkhec stef sumologic syslog
    tencentcloudlogservice tinybird zipkin
  `),
  connectors: words(`
    count datadog exceptions failover forward grafanacloud otlpjson roundrobin routing
    servicegraph signaltometrics spanmetrics sum
  `),
  extensions: words(`
    ack asapauth awscloudwatchmetricstreamsencoding awsiamdbauth awslogsencoding awsproxy
    azureauth azureencoding basicauth bearertokenauth cgroupruntime datadog dbstorage
    dockerobserver ecsobserver ecstaskobserver filestorage googleclientauth
    googlecloudlogentryencoding headerssetter healthcheck hostobserver httpforwarder
    jaegerencoding jaegerremotesampling jsonlogencoding k8sleaderelector k8sobserver
    kafkatopicsobserver oauth2clientauth oidcauth opamp otlpencoding pebbletailstorage pprof
    redisstorage sigv4auth skywalkingencoding sumologic textencoding zipkinencoding zpages
  `),
};

const adot: Lists = {
  receivers: words(`
    awscontainerinsight awsecscontainermetrics awsxray filelog jaeger kafka otlp prometheus statsd
    zipkin
  `),
  processors: words(`
    attributes batch cumulativetodelta deltatorate filter groupbytrace k8sattributes memorylimiter
    metricsgeneration metricstransform probabilisticsampler resource resourcedetection span
    tailsampling
  `),
  exporters: words(`
    awscloudwatchlogs awsemf awsxray datadog debug file kafka loadbalancing logzio otlp otlphttp
    prometheus prometheusremotewrite sapm signalfx
  `),
  connectors: [],
  extensions: words('awsproxy ecsobserver filestorage healthcheck pprof sigv4auth zpages'),
};

const redHat: Lists = {
  receivers: words(`
    filelog hostmetrics jaeger journald k8scluster k8sevents k8sobjects kafka kubeletstats
    opencensus otlp otlpjsonfile prometheus prometheusremotewrite zipkin
  `),
  processors: words(`
    attributes batch cumulativetodelta filter groupbyattrs k8sattributes memorylimiter
    metricstarttime probabilisticsampler resource resourcedetection routing span tailsampling
    transform
  `),
  exporters: words(`
    awscloudwatchlogs awsemf awsxray debug file googlecloud kafka loadbalancing logging loki otlp
    otlphttp prometheus prometheusremotewrite
  `),
  connectors: words('count forward routing spanmetrics'),
  extensions: words(`
    bearertokenauth filestorage googleclientauth healthcheck jaegerremotesampling memoryballast
    memorylimiter oauth2clientauth oidcauth pprof zpages
  `),
};

export type Distribution = 'core' | 'k8s' | 'contrib' | 'ADOT' | 'Red Hat';

/**
 * What the released distributions are built from: the modules that the files
 * `distributions/{otelcol,otelcol-k8s,otelcol-contrib}/manifest.yaml` of the repository
 * opentelemetry-collector-releases name, in any of the versions 0.135.0 to 0.159.0. Within these
 * `core` never changed; `k8s` got metricsgeneration in 0.148 and drain in 0.152. Of vendors:
 * `pkg/defaultcomponents/defaults.go` of aws-otel-collector (AWS's distribution, ADOT), 0.42.0 to
 * 0.49.0, of which sapm went in 0.47; `manifest.yaml` of redhat-opentelemetry-collector, 0.107.0 to
 * 0.135.0. What is not listed is in none of them.
 */
export const distributions: Readonly<Record<Distribution, Lists>> = {
  core,
  k8s,
  contrib,
  ADOT: adot,
  'Red Hat': redHat,
};

/**
 * What older distributions had, such as configurations still name, and none of the listed versions
 * has: taken out of the same files before 0.135.0 (logging in 0.111, loki in 0.131).
 */
export const gone: Lists = {
  receivers: ['opencensus'],
  processors: ['routing', 'servicegraph', 'spanmetrics'],
  exporters: ['jaeger', 'jaegerthrift', 'logging', 'loki', 'opencensus'],
  connectors: [],
  extensions: ['memoryballast'],
};

const ofReleases = { from: 135, to: 159 } as const;

/** Of other distributions alone: vendors', Jaeger's, OpenTelemetry Arrow's (otelarrowcol). */
export const ofOthers: Lists = {
  receivers: ['awsecscontainermetricsd', 'discovery', 'smartagent'],
  processors: ['concurrentbatch'],
  exporters: ['jaegerstorageexporter'],
  connectors: [],
  extensions: [
    'expvar',
    'healthcheckv2',
    'jaegerquery',
    'jaegerstorage',
    'remotesampling',
    'smartagent',
  ],
};

/** Minor versions of each for which its list holds. */
export const listedVersions = {
  core: ofReleases,
  k8s: ofReleases,
  contrib: ofReleases,
  ADOT: { from: 42, to: 49 },
  'Red Hat': { from: 107, to: 135 },
} as const;

/** Types that are called otherwise than their modules; `typeOf` has made old names new ones. */
const moduleOf: Readonly<Record<string, string>> = {
  asapclient: 'asapauth',
  awscontainerinsightreceiver: 'awscontainerinsight',
  experimentalmetricsgeneration: 'metricsgeneration',
  otlpgrpc: 'otlp',
  prometheussimple: 'simpleprometheus',
};

/** How a type is written whose module has its words in one, of those in most configs. */
export const writtenOf: Readonly<Record<string, string>> = {
  filelog: 'file_log',
  filestorage: 'file_storage',
  healthcheck: 'health_check',
  hostmetrics: 'host_metrics',
  k8sattributes: 'k8s_attributes',
  k8scluster: 'k8s_cluster',
  k8sevents: 'k8s_events',
  memorylimiter: 'memory_limiter',
  metricstransform: 'metrics_transform',
  probabilisticsampler: 'probabilistic_sampler',
  servicegraph: 'service_graph',
  spanmetrics: 'span_metrics',
  tailsampling: 'tail_sampling',
};

/** What the module of a type is called in the lists; authenticators leave `auth` out. */
export function modulesOf(type: string): readonly string[] {
  const plain = type.replaceAll('_', '');
  const own = moduleOf[plain] ?? plain;
  return [own, `${own}auth`];
}
