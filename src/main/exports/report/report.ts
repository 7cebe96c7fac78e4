import { createHash } from 'node:crypto';
import type { OrchestrationEvent } from '../../../shared/domain/event.ts';
import { failureError } from '../../../shared/domain/failure.ts';
import { millisecondsBetween } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { totalOf, type Usage } from '../../../shared/domain/usage.ts';
import { costText, durationText, exactDollars, numberText, tokensOf } from '../figures.ts';
import type { ExportHead, TextFormat } from '../format.ts';
import type { Session } from '../session.ts';
import { instanceCharts, timeChart } from './charts.ts';
import { createChunks } from './chunks.ts';
import { createCurve, type Curve } from './curve.ts';
import { markup, type Html } from './html.ts';
import { reportScript } from './script.ts';
import { reportStyle } from './style.ts';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing is loaded and nothing runs but what this program wrote. */
const policy = [
  "default-src 'none'",
  `script-src ${hashOf(reportScript)}`,
  `style-src ${hashOf(reportStyle)}`,
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const timeText = (at: string | null): string =>
  at === null ? 'not yet' : `${at.slice(0, 19).replace('T', ' ')} UTC`;

const durationOf = ({ startedAt, endedAt }: Pick<InstanceView, 'startedAt' | 'endedAt'>): string =>
  startedAt === null || endedAt === null ? '–' : durationText(millisecondsBetween(startedAt, endedAt));

const usageCells = (usage: Usage): Html => {
  const total = totalOf(usage);
  const tokens = [total.inputTokens, total.outputTokens, total.cacheWriteTokens, total.cacheReadTokens];
  const sign = usage.basis === 'estimated' ? '≈ ' : '';
  const cells = tokens.map((value) => markup`<td>${numberText(value)}</td>`);
  return markup`${cells}
    <td>${sign}$${exactDollars(total.costMicroUsd)}</td>`;
};

const usageTitles = markup`<th>Input</th>
  <th>Output</th>
  <th>Cache write</th>
  <th>Cache read</th>
  <th>Cost</th>`;

const modelTable = (usage: Usage): Html => {
  const rows = Object.entries(usage.byModel).map(
    ([model, used]) =>
      markup`<tr>
        <td>${model}</td>
        ${usageCells({ basis: usage.basis, byModel: { [model]: used } })}
      </tr>`,
  );
  if (rows.length === 0) return markup``;
  return markup`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>Model</th>
          ${usageTitles}
        </tr>
      </thead>
      <tbody>
        ${rows}
        <tr>
          <td>all</td>
          ${usageCells(usage)}
        </tr>
      </tbody>
    </table>
  </div>`;
};

const instanceTable = (instances: readonly InstanceView[]): Html => {
  const rows = instances.map(
    (view) =>
      markup`<tr>
        <td>${view.name}</td>
        <td>${view.state}</td>
        <td>${durationOf(view)}</td>
        ${usageCells(view.usage)}
      </tr>`,
  );
  return markup`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>Instance</th>
          <th>State</th>
          <th>Time</th>
          ${usageTitles}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
};

const facts = (view: OrchestrationView): Html => {
  const all: readonly (readonly [string, string])[] = [
    ['State', view.state],
    ['Started', timeText(view.startedAt)],
    ['Ended', timeText(view.endedAt)],
    ['Plan', view.plan],
    ['Workspace', view.workspace],
    ['Run by', view.owner],
    ['Labels', view.labels.join(', ')],
    ['Note', view.note ?? ''],
    ['Id', view.id],
  ];
  const shown = all.filter(([, value]) => value !== '');
  return markup`<dl>
    ${shown.map(
      ([name, value]) =>
        markup`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
};

const pageStart = ({ redacted }: ExportHead): string =>
  markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer">
<title>Netra report</title><style>${{ html: reportStyle }}</style></head>
<body><header><h1>Netra report</h1>${redacted ? markup`<p class="quiet">Secrets were taken out of it.</p>` : markup``}</header>
<div class="find" role="search"><noscript><p class="bad">The transcripts below need JavaScript, which is switched off here.</p></noscript>
<div id="tools" hidden><input type="search" id="find" placeholder="Search everything said and run" aria-label="Search">
<span id="count" class="quiet" role="status"></span><label><input type="checkbox" id="spoken"> only what was said</label></div>
<ul id="hits" aria-label="Hits"></ul></div>
<main>
`.html;

const pageEnd = ({ exportedAt, version }: ExportHead): string =>
  markup`</main><footer>Written by Netra ${version}, ${timeText(exportedAt)}. This file loads nothing from anywhere.</footer>
<script>${{ html: reportScript }}</script></body></html>
`.html;

const sessionStart = ({ orchestration, instances }: Session['stored'], index: number): string =>
  markup`<section id="s${index}">
    <h2>${orchestration.name}</h2>
    ${facts(orchestration)}
    <h3>Usage</h3>
    ${modelTable(orchestration.usage)}
    <h3>Instances</h3>
    ${instanceTable(instances)}
    <div class="charts">${instanceCharts(instances)}</div>
`.html;

/** The log of an instance, or of the orchestration itself, to unfold; its events are in the file already. */
const logHtml = (key: string, title: string, about: string, isOpen: boolean): Html =>
  markup`<details class="instance" data-key="${key}" ${isOpen ? markup` open` : markup``}>
    <summary>${title} <span class="quiet">${about}</span></summary>
    <div class="log"></div>
  </details> `;

const instanceAbout = (view: InstanceView): string => {
  const { costMicroUsd } = totalOf(view.usage);
  const events = `${numberText(view.eventCount)} ${view.eventCount === 1 ? 'event' : 'events'}`;
  return [view.state, durationOf(view), costText(costMicroUsd), events].join(' · ');
};

const sessionEnd = ({ source, instances }: Session['stored'], index: number, curve: Curve): string => {
  const logs = instances.map((view, position) =>
    logHtml(
      `${String(index)}.${String(position)}`,
      view.name,
      instanceAbout(view),
      index === 0 && position === 0,
    ),
  );
  return markup`<div class="charts">${timeChart(curve)}</div>
<details><summary>The plan</summary><pre class="plan">${source.planText}</pre></details>
<h3>Transcript</h3>
${logs}${logHtml(`${String(index)}.-`, 'The orchestration', 'what was not of one instance', false)}</section>
`.html;
};

const summaryRow = (view: OrchestrationView, index: number): Html =>
  markup`<tr>
    <td><a href="#s${index}">${view.name}</a></td>
    <td>${view.state}</td>
    <td>${timeText(view.startedAt)}</td>
    <td>${view.instanceCount}</td>
    <td>${numberText(tokensOf(totalOf(view.usage)))}</td>
    <td>${view.usage.basis === 'estimated' ? '≈ ' : ''}$${exactDollars(totalOf(view.usage).costMicroUsd)}</td>
  </tr>`;

async function* eventsData(
  session: Session,
  index: number,
  take: (event: OrchestrationEvent) => void,
): AsyncGenerator<string, void> {
  const keys = new Map(
    session.stored.instances.map((view, position) => [view.id, `${String(index)}.${String(position)}`]),
  );
  const chunks = createChunks();
  for await (const page of session.events()) {
    for (const event of page) {
      take(event);
      const key = event.instanceId === null ? undefined : keys.get(event.instanceId);
      yield* chunks.add(key ?? `${String(index)}.-`, event);
    }
  }
  yield* chunks.rest();
}

async function* write(sessions: AsyncIterable<Session>, head: ExportHead): AsyncGenerator<string, void> {
  yield pageStart(head);
  const rows: Html[] = [];
  let index = 0;
  for await (const session of sessions) {
    const { stored } = session;
    rows.push(summaryRow(stored.orchestration, index));
    const curve = createCurve(stored.orchestration);
    yield sessionStart(stored, index);
    yield* eventsData(session, index, (event) => {
      curve.take(event);
    });
    yield sessionEnd(stored, index, curve);
    index += 1;
  }
  if (rows.length > 1) {
    yield markup`<section id="sessions">
      <h2>${rows.length} sessions</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>Session</th>
              <th>State</th>
              <th>Started</th>
              <th>Instances</th>
              <th>Tokens</th>
              <th>Cost</th>
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>
    </section> `.html;
  }
  yield pageEnd(head);
}

/** Characters of a report that browsers still open; what is longer is not cut, for nobody would know what is missing. */
const longestReport = 256 * 1024 * 1024;

async function* limited(texts: AsyncIterable<string>, most: number): AsyncGenerator<string, void> {
  let length = 0;
  for await (const text of texts) {
    length += text.length;
    if (length > most) {
      throw failureError(
        'export.too_large',
        `The report would be larger than ${String(Math.round(most / 1024 / 1024))} MB, more than browsers open, and was not written. ` +
          'Export fewer sessions at a time, or as Markdown, NDJSON or an archive.',
      );
    }
    yield text;
  }
}

/** As `reportFormat`, of so many characters at most. */
export const createReportFormat = (most: number): TextFormat => ({
  extension: 'html',
  mediaType: 'text/html',
  write: (sessions, head) => limited(write(sessions, head), most),
});

/**
 * One file to read and to search, in any browser, without a network. One that no browser would open fails with
 * `export.too_large`.
 */
export const reportFormat: TextFormat = createReportFormat(longestReport);
