import type { PlanCheck } from '../../../shared/contract/plan-check.ts';
import { Inspector } from '../../ui/inspector.tsx';
import { Fact, Facts, Section } from '../../ui/layout.tsx';
import { Chip } from '../../ui/state.tsx';

type Summary = NonNullable<PlanCheck['summary']>;

const Planned = ({ instance }: { readonly instance: Summary['instances'][number] }) => (
  <li className="border-t border-line-soft py-2 first:border-t-0 first:pt-0">
    <p className="flex items-center gap-2">
      <b className="min-w-0 truncate font-medium">{instance.name}</b>
      <span className="ml-auto flex gap-1">
        {instance.mode === 'oneshot' ? <Chip>one shot</Chip> : null}
        <Chip>{instance.model ?? 'default model'}</Chip>
      </span>
    </p>
    <p className="mt-0.5 line-clamp-2 text-s text-ink-2">{instance.prompt}</p>
    <p className="truncate font-mono text-xs text-ink-3" title={instance.workspace}>
      {instance.workspace}
    </p>
  </li>
);

const wordsFor = (check: PlanCheck | null): string => {
  if (check === null) return 'As soon as there is a plan, it stands here what would run.';
  return check.problems.length === 1
    ? 'There is a problem to solve first.'
    : `There are ${String(check.problems.length)} problems to solve first.`;
};

/** What a plan would run. */
export const PlanSummary = ({ check }: { readonly check: PlanCheck | null }) => {
  const summary = check?.summary ?? null;
  if (summary === null) {
    return (
      <Inspector label="What would run">
        <Section title="What would run">
          <p className="text-s text-ink-3">{wordsFor(check)}</p>
        </Section>
      </Inspector>
    );
  }
  return (
    <Inspector label="What would run">
      <Section title="What would run">
        <Facts>
          <Fact name="Name">{summary.name}</Fact>
          <Fact name="Instances">{summary.instances.length}</Fact>
          <Fact name="At the same time">{Math.min(summary.concurrency, summary.instances.length)}</Fact>
        </Facts>
      </Section>
      <Section title="Instances">
        <ul>
          {summary.instances.map((instance) => (
            <Planned key={instance.name} instance={instance} />
          ))}
        </ul>
      </Section>
    </Inspector>
  );
};
