import type { InstanceView } from '../../../shared/domain/instance.ts';
import { totalOf, type ModelUsage } from '../../../shared/domain/usage.ts';
import { costText, shortNumber, tokensOf } from '../figures.ts';
import type { Curve } from './curve.ts';
import { markup, type Html } from './html.ts';

const width = 480;
const rowHeight = 20;
const nameWidth = 150;
const figureWidth = 70;
const barWidth = width - nameWidth - figureWidth;

/** More bars than this tell nothing. */
const mostBars = 24;

type Bar = {
  readonly name: string;
  readonly figure: string;
  /** Parts of the bar one after the other, by class. */
  readonly parts: readonly (readonly [className: string, value: number])[];
};

const sumOf = ({ parts }: Bar): number => parts.reduce((sum, [, value]) => sum + value, 0);

const shortName = (name: string): string => (name.length > 22 ? `${name.slice(0, 21)}…` : name);

const barOf = (bar: Bar, index: number, scale: number): Html => {
  const y = index * rowHeight;
  let x = nameWidth;
  const parts = bar.parts.map(([className, value]) => {
    const length = value * scale;
    const part = markup`<rect
      class="${className}"
      x="${x.toFixed(1)}"
      y="${y + 3}"
      width="${length.toFixed(1)}"
      height="${rowHeight - 7}"
    />`;
    x += length;
    return part;
  });
  return markup`<g
    ><title>${bar.name}: ${bar.figure}</title
    ><text x="0" y="${y + 14}">${shortName(bar.name)}</text>${parts}<text
      x="${(x + 6).toFixed(1)}"
      y="${y + 14}"
      >${bar.figure}</text
    ></g
  >`;
};

const barChart = (caption: string, bars: readonly Bar[], key: Html): Html => {
  const shown = bars
    .filter((bar) => sumOf(bar) > 0)
    .toSorted((a, b) => sumOf(b) - sumOf(a))
    .slice(0, mostBars);
  const most = shown[0] === undefined ? 0 : sumOf(shown[0]);
  if (most === 0) return markup``;
  const rows = shown.map((bar, index) => barOf(bar, index, barWidth / most));
  const left = bars.length - shown.length;
  const more =
    left > 0 ? markup`<p class="quiet">The ${shown.length} largest of ${bars.length}.</p>` : markup``;
  return markup`<figure>
    <figcaption>${caption}</figcaption>
    <svg viewBox="0 0 ${width} ${shown.length * rowHeight}" role="img" aria-label="${caption}">${rows}</svg
    >${key}${more}
  </figure>`;
};

const kinds: readonly (readonly [className: string, label: string, of: (usage: ModelUsage) => number])[] = [
  ['in', 'input', (usage) => usage.inputTokens],
  ['out', 'output', (usage) => usage.outputTokens],
  ['cw', 'cache write', (usage) => usage.cacheWriteTokens],
  ['cr', 'cache read', (usage) => usage.cacheReadTokens],
];

const keyOf = (entries: readonly (readonly [className: string, label: string])[]): Html => {
  const items = entries.map(
    ([className, label]) =>
      markup`<span
        ><svg viewBox="0 0 10 10"><rect class="${className}" width="10" height="10" /></svg>${label}</span
      >`,
  );
  return markup`<div class="key">${items}</div>`;
};

/** What each instance cost, and its tokens. */
export const instanceCharts = (instances: readonly InstanceView[]): Html => {
  const totals = instances.map(({ name, usage }) => ({ name, usage, total: totalOf(usage) }));
  const cost = totals.map(({ name, usage, total }) => ({
    name,
    figure: `${usage.basis === 'estimated' ? '≈' : ''}${costText(total.costMicroUsd)}`,
    parts: [['cost', total.costMicroUsd]] as const,
  }));
  const tokens = totals.map(({ name, total }) => ({
    name,
    figure: shortNumber(tokensOf(total)),
    parts: kinds.map(([className, , of]) => [className, of(total)] as const),
  }));
  return markup`${barChart('Cost per instance', cost, markup``)}${barChart('Tokens per instance', tokens, keyOf(kinds.map(([name, label]) => [name, label])))}`;
};

const plotWidth = 960;
const plotHeight = 170;
const plotTop = 16;
const plotBottom = plotHeight - 20;

/** Cost and tokens as they grew. */
export const timeChart = (curve: Curve): Html => {
  const points = curve.points();
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || last.at <= first.at || last.tokens === 0) return markup``;
  const x = (at: number): string => (((at - first.at) / (last.at - first.at)) * plotWidth).toFixed(1);
  const path = (most: number, of: (point: (typeof points)[number]) => number): string =>
    points
      .map((point) => {
        const y = plotBottom - (most === 0 ? 0 : of(point) / most) * (plotBottom - plotTop);
        return `${x(point.at)},${y.toFixed(1)}`;
      })
      .join(' ');
  const clock = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const caption = 'Cost and tokens over time';
  const key = keyOf([
    ['cost', `cost, up to ${costText(last.costMicroUsd)}`],
    ['out', `tokens, up to ${shortNumber(last.tokens)}`],
  ]);
  return markup`<figure>
    <figcaption>${caption}</figcaption>
    <svg viewBox="0 0 ${plotWidth} ${plotHeight}" role="img" aria-label="${caption}">
      <line class="axis" x1="0" x2="${plotWidth}" y1="${plotBottom}" y2="${plotBottom}" />
      <polyline class="ltokens" points="${path(last.tokens, (point) => point.tokens)}" />
      <polyline class="lcost" points="${path(last.costMicroUsd, (point) => point.costMicroUsd)}" />
      <text x="0" y="${plotHeight - 4}">${clock(first.at)}</text>
      <text x="${plotWidth}" y="${plotHeight - 4}" text-anchor="end">${clock(last.at)}</text></svg
    >${key}
  </figure>`;
};
