import type { PlanCheck, PlanCheckInput, PlanCheckInstance } from '../../../shared/contract/plan-check.ts';
import { useNow } from '../../data/clock.ts';
import { durationText, whenText } from '../../ui/format.ts';
import { Inspector } from '../../ui/inspector.tsx';
import { Fact, Facts, Section } from '../../ui/layout.tsx';
import { Chip } from '../../ui/state.tsx';
import { atOnce, budgetText, fanOutText, instanceCount, planLines } from './plan-words.ts';

type Summary = NonNullable<PlanCheck['summary']>;

const Planned = ({ instance }: { readonly instance: PlanCheckInstance }) => (
  <li className="border-t border-line-soft py-2 first:border-t-0 first:pt-0">
    <p className="flex items-center gap-2">
      <b className="min-w-0 truncate font-medium">{instance.name}</b>
      <span className="ml-auto flex gap-1">
        {instance.fanOut === null ? null : <Chip>{fanOutText(instance.fanOut)}</Chip>}
        {instance.standby ? <Chip>standby</Chip> : null}
        {instance.mode === 'oneshot' ? <Chip>one shot</Chip> : null}
        <Chip>{instance.model ?? 'default model'}</Chip>
      </span>
    </p>
    <p className="mt-0.5 line-clamp-2 text-s text-ink-2">{instance.prompt}</p>
    {planLines(instance).map(({ name, text }) => (
      <p key={name} className="text-xs text-ink-2 [overflow-wrap:anywhere]">
        <span className="text-ink-3">{name}</span> {text}
      </p>
    ))}
    <p className="truncate font-mono text-xs text-ink-3" title={instance.workspace}>
      {instance.workspace}
    </p>
  </li>
);

const ScheduleSection = ({ schedule }: { readonly schedule: NonNullable<Summary['schedule']> }) => {
  const now = useNow(false);
  return (
    <Section title="Schedule">
      <p className="mb-1 text-s [overflow-wrap:anywhere]">{schedule.text}</p>
      <Facts>
        <Fact name="Next, by your clock">{whenText(schedule.next, now)}</Fact>
        <Fact name="Time zone">{schedule.spec.timeZone}</Fact>
        <Fact name="A missed start">
          {schedule.spec.missed === 'run' ? 'is made up for once' : 'is left out'}
        </Fact>
      </Facts>
    </Section>
  );
};

const valueText = ({ value, required }: PlanCheckInput): string => {
  if (required) return 'must be given';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const InputsSection = ({ inputs }: { readonly inputs: readonly PlanCheckInput[] }) => (
  <Section title="Inputs">
    <ul>
      {inputs.map((input) => (
        <li key={input.name} className="py-1 text-s">
          <span className="flex gap-2">
            <b className="font-[550]">{input.name}</b>
            <span className="ml-auto min-w-0 truncate text-ink-2" title={valueText(input)}>
              {valueText(input)}
            </span>
          </span>
          {input.description === null ? null : (
            <span className="block text-xs text-ink-3">{input.description}</span>
          )}
        </li>
      ))}
    </ul>
  </Section>
);

const wordsFor = (check: PlanCheck | null): string => {
  if (check === null) return 'As soon as there is a plan, it stands here what would run.';
  return check.problems.length === 1
    ? 'There is a problem to solve first.'
    : `There are ${String(check.problems.length)} problems to solve first.`;
};

const countText = (summary: Summary): string => {
  const { least, isAll } = instanceCount(summary);
  return isAll ? String(least) : least === 0 ? 'known as it runs' : `${String(least)}, more as it runs`;
};

/** What a plan would run, and when; what it asks for first. */
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
          <Fact name="Instances">{countText(summary)}</Fact>
          <Fact name="At the same time">{atOnce(summary)}</Fact>
          {summary.timeoutMs === null ? null : (
            <Fact name="At the longest">{durationText(summary.timeoutMs)}</Fact>
          )}
          {summary.budget === null ? null : <Fact name="Budget">{budgetText(summary.budget)}</Fact>}
        </Facts>
      </Section>
      {summary.schedule === null ? null : <ScheduleSection schedule={summary.schedule} />}
      {summary.inputs.length === 0 ? null : <InputsSection inputs={summary.inputs} />}
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
