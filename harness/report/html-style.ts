import { lossTones } from './timeline.ts';

const losses = Array.from({ length: lossTones }, (_, i) => `bad${i}`);

/** The look of `report.html`, in light and in dark; one file, nothing is loaded from elsewhere. */
export const style = `
:root {
  color-scheme: light dark;
  --back: #ffffff; --text: #1c2128; --dim: #57606a; --line: #d5dbe1; --box: #f5f7f9;
  --sent: #4478d8; --good: #1f8a55; --quiet: #a3adb8; --warn: #b86e00; --odd: #7a45d6;
  --bad0: #cf2f2b; --bad1: #8e2a5b; --bad2: #e5805f;
  --bad3: #b3541e; --bad4: #d94f8c; --bad5: #6b2330;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #0e1216; --text: #e4e8ec; --dim: #9aa5b1; --line: #2c343c; --box: #161c22;
    --sent: #6f9ff2; --good: #43b581; --quiet: #5d6873; --warn: #e0a340; --odd: #ab8bff;
    --bad0: #f2645f; --bad1: #d56fa3; --bad2: #f7a98c;
    --bad3: #d9834a; --bad4: #f58ab8; --bad5: #a8505f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 1080px;
  background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.4rem 0 .7rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 0; }
p { margin: .4rem 0; }
a { color: var(--sent); }
code, pre { font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { overflow-wrap: anywhere; }
pre { margin: .5rem 0; padding: .6rem .8rem; background: var(--box); border-radius: 6px; overflow-x: auto; }
.head { display: flex; gap: .9rem; align-items: center; flex-wrap: wrap; }
.badge { padding: .2rem .7rem; border-radius: 6px; color: var(--back); font-weight: 700; letter-spacing: .03em; }
.badge.pass { background: var(--good); } .badge.fail { background: var(--bad0); } .badge.unknown { background: var(--warn); }
.says { font-size: 1.05rem; margin: .8rem 0 .2rem; }
.dim { color: var(--dim); }
.small { font-size: .87rem; }
.figures { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1.2rem 0 0; padding: 0; }
.figures div { flex: 1 1 8rem; padding: .6rem .9rem; background: var(--box); border-radius: 8px; }
.figures dt { color: var(--dim); font-size: .85rem; }
.figures dd { margin: 0; font-size: 1.35rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--dim); font-weight: 500; font-size: .85rem; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.name { white-space: nowrap; font-weight: 600; }
tr:last-child td { border-bottom: 0; }
.mark { font-weight: 700; width: 1.6rem; }
.pass > .mark, .mark.pass { color: var(--good); } .fail > .mark, .mark.fail { color: var(--bad0); } .unknown > .mark, .mark.unknown { color: var(--warn); }
.swatch { display: inline-block; width: .7rem; height: .7rem; border-radius: 2px; margin-right: .5rem; }
.finding { border: 1px solid var(--line); border-left: 4px solid var(--bad0); border-radius: 6px; padding: .8rem 1rem; margin: .8rem 0; }
.finding.wanted { border-left-color: var(--good); }
.finding ul { margin: .4rem 0; padding-left: 1.2rem; }
.finding dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .5rem 0 0; }
.finding dt { color: var(--dim); } .finding dd { margin: 0; overflow-wrap: anywhere; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 0 2.5rem; }
svg { display: block; width: 100%; min-width: 760px; height: auto; margin: .6rem 0 1rem; }
svg text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--text); }
svg text.dim { fill: var(--dim); } svg text.strong { font-weight: 650; }
svg .grid { stroke: var(--line); stroke-width: 1; } svg .base { stroke: var(--dim); stroke-width: 1; }
svg .moment { stroke: var(--dim); stroke-width: 1; stroke-dasharray: 4 3; }
svg .fault { fill: var(--warn); opacity: .16; } svg .edge { stroke: var(--warn); stroke-width: 1.5; }
svg .lane { fill: var(--line); } svg .cross { stroke: var(--bad0); stroke-width: 2.2; }
svg .load { fill: none; stroke: var(--sent); stroke-width: 1.4; }
svg .station { fill: var(--box); stroke: var(--line); } svg .station.backend { stroke: var(--good); }
svg .way { fill: none; stroke: var(--quiet); stroke-width: 1.5; } svg text.blind { fill: var(--warn); }
svg text.on { paint-order: stroke; stroke: var(--back); stroke-width: 4; }
svg .band { fill: var(--sent); opacity: .15; } svg .held { fill: var(--back); stroke: var(--sent); stroke-width: 2; }
svg .column { fill: transparent; } svg .column:hover { fill: var(--text); opacity: .12; }
svg .through { opacity: .38; } svg .ribbon { opacity: .45; }
${[...['sent', 'good', 'quiet', 'warn', 'odd'], ...losses]
  .map((tone) => `.${tone} { fill: var(--${tone}); background: var(--${tone}); }`)
  .join('\n')}
.bad { fill: var(--bad0); background: var(--bad0); }
svg text.label { fill: var(--text); }
@media print { body { max-width: none; } .finding { break-inside: avoid; } }
`;
