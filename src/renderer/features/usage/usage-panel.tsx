import type { ToolStats } from '../../../shared/domain/instance.ts';
import type { Usage } from '../../../shared/domain/usage.ts';
import { cx } from '../../ui/class-names.ts';
import { Cost, TokenBar, tokenKinds } from '../../ui/figures.tsx';
import { dollarText, durationText, figuresOf, percentText, UNKNOWN, wholeNumber } from '../../ui/format.ts';
import { Fact, Facts, Section } from '../../ui/layout.tsx';

/** Tokens by kind, as a bar and as numbers, with the share that came from the cache. */
export const UsageSection = ({ usage }: { readonly usage: Usage }) => {
  const { total, hitRate, known, estimated } = figuresOf(usage);
  return (
    <Section title="Usage" aside={known ? (estimated ? '≈ while it runs' : 'exact') : null}>
      <TokenBar usage={usage} className="mb-2 h-2" />
      <Facts>
        {tokenKinds.map(({ key, label, color }) => (
          <Fact
            key={key}
            name={
              <>
                <i className={cx('mr-[7px] inline-block size-2 rounded-[2px]', color)} aria-hidden />
                {label}
              </>
            }
          >
            <span className="tabular-nums">{known ? wholeNumber(total[key]) : UNKNOWN}</span>
          </Fact>
        ))}
        <Fact name="Cache hit rate">
          <span className="tabular-nums">{percentText(hitRate, 1)}</span>
        </Fact>
      </Facts>
    </Section>
  );
};

/** The cost, and what each model has of it. */
export const CostSection = ({ usage }: { readonly usage: Usage }) => {
  const models = Object.entries(usage.byModel).toSorted(([, a], [, b]) => b.costMicroUsd - a.costMicroUsd);
  const { known, estimated } = figuresOf(usage);
  return (
    <Section title="Cost" aside={known && estimated ? '≈ estimated' : null}>
      <p className="mb-1.5 text-xl font-semibold tracking-[-0.02em]">
        <Cost usage={usage} />
      </p>
      <Facts>
        {models.map(([model, own]) => (
          <Fact key={model} name={model}>
            <span className="tabular-nums">
              {estimated ? '≈ ' : ''}
              {dollarText(own.costMicroUsd)}
            </span>
          </Fact>
        ))}
      </Facts>
    </Section>
  );
};

type Tools = Readonly<Record<string, ToolStats>>;

/** Adds up the tools of several instances. */
export const addTools = (all: readonly Tools[]): Tools => {
  const sum: Record<string, ToolStats> = {};
  for (const [name, { calls, errors, durationMs }] of all.flatMap((tools) => Object.entries(tools))) {
    const old = sum[name] ?? { calls: 0, errors: 0, durationMs: 0 };
    sum[name] = {
      calls: old.calls + calls,
      errors: old.errors + errors,
      durationMs: old.durationMs + durationMs,
    };
  }
  return sum;
};

/** Calls of each tool, how many failed, and the time they took. */
export const ToolsSection = ({ tools }: { readonly tools: Tools }) => {
  const rows = Object.entries(tools).toSorted(([, a], [, b]) => b.calls - a.calls);
  const calls = rows.reduce((sum, [, tool]) => sum + tool.calls, 0);
  const errors = rows.reduce((sum, [, tool]) => sum + tool.errors, 0);
  if (rows.length === 0) {
    return (
      <Section title="Tools">
        <p className="text-s text-ink-3">No tool was called yet.</p>
      </Section>
    );
  }
  return (
    <Section title="Tools" aside={`${wholeNumber(calls)} calls, ${wholeNumber(errors)} failed`}>
      <table className="w-full text-s tabular-nums">
        <thead className="sr-only">
          <tr>
            <th>Tool</th>
            <th>Calls</th>
            <th>Failed</th>
            <th>Time</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, tool]) => (
            <tr key={name}>
              <th scope="row" className="max-w-0 w-full truncate py-px text-left font-normal text-ink-3">
                {name}
              </th>
              <td className="py-px pl-3 text-right">{wholeNumber(tool.calls)}</td>
              <td
                className={cx(
                  'py-px pl-2 text-right whitespace-nowrap',
                  tool.errors > 0 ? 'text-bad' : 'text-ink-3',
                )}
              >
                {tool.errors > 0 ? `${wholeNumber(tool.errors)} failed` : ''}
              </td>
              <td className="py-px pl-3 text-right whitespace-nowrap text-ink-2">
                {durationText(tool.durationMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
};
