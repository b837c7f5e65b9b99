import { formatMs } from '../lib/units.ts';
import { style } from '../report/html-style.ts';
import { html, type Markup, verbatim } from '../report/markup.ts';
import { boundLine } from './bound.ts';
import { interval, limitMiBOf, patchYaml } from './patch.ts';
import { cpuPicture } from './picture.ts';
import { leastHeldOut } from './refusals.ts';
import type { Answer, Asked, Measurement, OutageAnswer } from './types.ts';

/** A heading with lines of text or a table under it, from which both forms are written. */
interface Section {
  readonly title: string;
  readonly lines: readonly string[];
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly string[][] };
  readonly code?: string | undefined;
}

/** The answers in the order of the questions, then what they rest on. */
function sectionsOf(measurement: Measurement, asked: Asked, sized: Answer): Section[] {
  const { tier, notTested } = measurement;
  const { refusals, factor, replicas, capacity, cores, memoryMiB, numTraces, outage } = sized;
  const rate = `${Math.round(asked.spansPerSecond)} spans/s`;
  const far = factor > 2 ? `, extrapolated ${factor.toFixed(1)} times beyond what was sent` : '';
  const few = measurement.quick ? ', by fewer steps and held to wider errors (--quick)' : '';
  const verdict =
    refusals.length === 0
      ? `Sized${far}${few}.`
      : 'NOT PROVED: nothing is recommended. What follows is what was seen.';
  const known = (value: string | undefined): string => value ?? 'not known';
  const bad = capacity.firstBad === undefined ? 'none' : `${Math.round(capacity.firstBad)} spans/s`;
  return [
    {
      title: `Sizing of ${tier.name} for ${rate}`,
      lines: [verdict, ...refusals.map((why) => `- ${why}`)],
    },
    {
      title: 'Replicas and limits',
      lines: [
        `Replicas, with one down and ${Math.round(asked.headroom * 100)} % spare: ${known(replicas?.toString())}`,
        `CPU of the busiest pod: ${known(cores && `${interval(cores, 2)} cores`)}`,
        `Memory of the busiest pod: ${known(memoryMiB && `${interval(memoryMiB, 0)} MiB, limit ${limitMiBOf(memoryMiB)} MiB`)}`,
        `Asked over measured: ${factor.toFixed(2)}. Intervals are 90 %.`,
      ],
    },
    {
      title: 'What binds',
      lines: [
        `Of one replica: last good ${Math.round(capacity.lastGood)} spans/s, first bad ${bad}: ${sized.binds}`,
        sized.kneeError === undefined
          ? 'No knee was found again'
          : `Found again ${percent(sized.kneeError)} off, by a finer staircase of another seed`,
      ],
    },
    { title: 'num_traces', lines: [`At least ${known(numTraces?.toString())}`] },
    {
      title: 'Outage of a backend',
      lines: [
        ...(outage
          ? outageLines(outage)
          : ['Not known: it has no queue of requests that are tried again, or keeps nothing']),
        ...(measurement.bounds.length > 0
          ? measurement.bounds.map(boundLine)
          : [
              'The law was not run: no --outage was asked, its queue leads to no one backend, or it takes more than two minutes',
            ]),
      ],
    },
    { title: 'What was not tested', lines: notTested.map((what) => `- ${what}`) },
    {
      title: 'Held out: predicted against measured',
      lines: [
        `${sized.heldOut.length} points (at least ${leastHeldOut}), median error ${known(percent(sized.medianError))}, covered ${known(sized.coverage?.toFixed(2))}; peak memory ${known(percent(sized.memoryError))} off`,
      ],
      table: {
        head: ['spans/s', 'predicted cores', 'measured'],
        rows: sized.heldOut.map((one) => [
          Math.round(one.spansPerSecond).toString(),
          interval(one.predictedCores, 3),
          one.measuredCores.toFixed(3),
        ]),
      },
    },
    windowsSection(measurement),
    coefficients(sized),
    { title: 'Patch', lines: [], code: patchYaml(measurement, asked, sized) ?? 'none: not proved' },
  ];
}

const outageLines = ({ fullMs, survivesMs, keptPerSecond, queueSize }: OutageAnswer): string[] => [
  `${formatMs(fullMs)} until the queue is full, at ${keptPerSecond.toFixed(1)} kept traces/s a pod: by the queue's law`,
  `${formatMs(survivesMs)} of outage lose nothing: the exporter comes back up to ${formatMs(fullMs - survivesMs)} behind it, by its own pauses`,
  ...(queueSize === undefined ? [] : [`The outage that was asked for takes ${queueSize} slots`]),
];

const percent = (share: number | undefined): string | undefined =>
  share === undefined ? undefined : `${(share * 100).toFixed(1)} %`;

function windowsSection({ windows }: Measurement): Section {
  const digits = (value: number | undefined, count: number): string => value?.toFixed(count) ?? '?';
  return {
    title: 'Windows',
    lines: [],
    table: {
      head: ['for', 'spans/s', 'cores a pod', 'MiB a pod', 'throttled', 'state'],
      rows: windows.map((window) => [
        window.purpose,
        Math.round(window.spansPerSecond).toString(),
        digits(window.cores, 3),
        digits(window.memoryMiB, 0),
        digits(window.throttledShare, 2),
        window.invalid ? `invalid: ${window.invalid}` : (window.bad ?? 'good'),
      ]),
    },
  };
}

function coefficients({ cpuFit }: Answer): Section {
  const title = 'CPU model';
  if (!cpuFit) return { title, lines: ['not fitted'] };
  const { fixedInterval, slopeInterval } = cpuFit;
  const micros = { low: slopeInterval.low * 1e6, high: slopeInterval.high * 1e6 };
  const each = interval({ value: cpuFit.slope * 1e6, ...micros }, 1);
  return {
    title,
    lines: [`fixed ${interval(fixedInterval, 3)} cores, ${each} microseconds a span`],
  };
}

export function renderSizeMarkdown(measurement: Measurement, asked: Asked, sized: Answer): string {
  return sectionsOf(measurement, asked, sized)
    .map(({ title, lines, table, code }, i) => {
      const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
      const parts = [`${i === 0 ? '#' : '##'} ${title}`, lines.join('\n')];
      if (table) {
        const { head, rows } = table;
        parts.push([row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n'));
      }
      if (code !== undefined) parts.push(`\`\`\`yaml\n${code.trimEnd()}\n\`\`\``);
      return parts.filter((part) => part !== '').join('\n\n');
    })
    .join('\n\n')
    .concat('\n');
}

export function renderSizeHtml(measurement: Measurement, asked: Asked, sized: Answer): string {
  const [first, ...others] = sectionsOf(measurement, asked, sized).map(sectionHtml);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sizing of ${measurement.tier.name}</title>
<style>${verbatim(style)}</style></head>
<body>${first}<div class="wide">${cpuPicture(measurement, sized)}</div>${others}</body></html>
`.markup;
}

const sectionHtml = ({ title, lines, table, code }: Section): Markup =>
  html`<h2>${title}</h2>${lines.map((line) => html`<p>${line}</p>`)}${
    table &&
    html`<table><tr>${table.head.map((cell) => html`<th>${cell}</th>`)}</tr>${table.rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</table>`
  }${code === undefined ? undefined : html`<pre>${code}</pre>`}`;
