import type {
  ComparedDifference,
  ComparedFigures,
  ComparedPair,
  Comparison,
} from '../../../../shared/domain/comparison.ts';
import type { TokenUsage, UsageBasis } from '../../../../shared/domain/usage.ts';
import { columnLines, roomOf, type Column } from '../columns.ts';
import { withEngine, type CliContext } from '../context.ts';
import { costText, durationText, tokensText } from '../figures.ts';
import { findOrchestration } from '../find-by-name.ts';
import { stateText } from '../state-marks.ts';
import { cut, printable } from '../terminal-text.ts';

const tokensOf = ({ inputTokens, outputTokens, cacheWriteTokens, cacheReadTokens }: TokenUsage): number =>
  inputTokens + outputTokens + cacheWriteTokens + cacheReadTokens;

const signed = (value: number, text: (size: number) => string): string =>
  value === 0 ? '=' : `${value > 0 ? '+' : '−'}${text(Math.abs(value))}`;

const costCell = (costMicroUsd: number, basis: UsageBasis, atLeast: boolean): string =>
  `${atLeast ? '≥' : ''}${costText({ costMicroUsd }, basis)}`;

const timeCell = (ms: number | null): string => (ms === null ? '–' : durationText(ms));

const figureCells = (side: ComparedFigures): readonly string[] => [
  timeCell(side.durationMs),
  String(side.turns),
  String(side.toolCalls),
  tokensText(tokensOf(side.tokens)),
  costCell(side.costMicroUsd, side.basis, side.atLeast),
];

const differenceCells = (difference: ComparedDifference): readonly string[] => [
  difference.durationMs === null ? '–' : signed(difference.durationMs, durationText),
  signed(difference.turns, String),
  signed(difference.toolCalls, String),
  signed(tokensOf(difference.tokens), tokensText),
  signed(difference.costMicroUsd, (size) => costCell(size, difference.basis, difference.atLeast)),
];

const columns: readonly Column[] = [
  { title: 'INSTANCE', align: 'left' },
  { title: '', align: 'left' },
  { title: 'STATE', align: 'left' },
  { title: 'TIME', align: 'right' },
  { title: 'TURNS', align: 'right', dispensable: 3 },
  { title: 'TOOLS', align: 'right', dispensable: 2 },
  { title: 'TOKENS', align: 'right', dispensable: 1 },
  { title: 'COST', align: 'right' },
  { title: 'RESULT', align: 'left' },
];

const resultText = (result: string | null): string => cut(printable(result ?? ''), 48);

const rowsOf = ({ name, left, right, difference, differs }: ComparedPair): readonly (readonly string[])[] => {
  const shown = printable(name);
  const sides = [
    { mark: 'left', side: left },
    { mark: 'right', side: right },
  ].map(({ mark, side }, index) => [
    index === 0 ? shown : '',
    mark,
    ...(side === null
      ? ['not there']
      : [stateText(side.state), ...figureCells(side), resultText(side.result)]),
  ]);
  if (difference === null) return sides;
  const others = differs.length === 0 ? '' : `other ${differs.join(', ')}`;
  return [...sides, ['', 'change', '', ...differenceCells(difference), others]];
};

const printComparison = async ({ streams, paint }: CliContext, comparison: Comparison): Promise<void> => {
  const { left, right, difference, pairs } = comparison;
  for (const [mark, side] of [
    ['left ', left],
    ['right', right],
  ] as const) {
    const done = `${String(side.succeeded)} of ${String(side.instanceCount)} succeeded`;
    await streams.print(`${paint('quiet', mark)}  ${side.id}  ${printable(side.name)}  ${done}`);
  }
  await streams.print('');
  const all = [
    ['ALL', 'left', stateText(left.state), ...figureCells(left)],
    ['', 'right', stateText(right.state), ...figureCells(right)],
    ['', 'change', '', ...differenceCells(difference)],
  ];
  for (const line of columnLines(columns, [...pairs.flatMap(rowsOf), ...all], paint, roomOf(streams))) {
    await streams.print(line);
  }
};

/** `netra compare LEFT RIGHT` */
export const compare = (
  context: CliContext,
  [left, right]: readonly [string, string],
  format: 'text' | 'json',
): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const comparison = await client.orchestrations.compare({
      left: (await findOrchestration(client, left)).id,
      right: (await findOrchestration(client, right)).id,
    });
    if (format === 'json') await context.streams.print(JSON.stringify(comparison, null, 2));
    else await printComparison(context, comparison);
    return 0;
  });
