import { courseWords } from '../../../shared/domain/course-words.ts';
import { isFinal, type InstanceView } from '../../../shared/domain/instance.ts';
import type { JsonValue } from '../../../shared/domain/plan-spec.ts';
import { Duration } from '../../ui/figures.tsx';
import { durationText, UNKNOWN } from '../../ui/format.ts';
import { Inspector } from '../../ui/inspector.tsx';
import { Fact, Facts, Section } from '../../ui/layout.tsx';
import { CopyButton } from '../../ui/notes.tsx';
import { ScrollBox } from './scroll-box.tsx';
import { CostSection, ToolsSection, UsageSection } from '../usage/usage-panel.tsx';

const SessionSection = ({ instance }: { readonly instance: InstanceView }) => (
  <Section title="Session">
    <Facts>
      <Fact name="Model">{instance.model ?? UNKNOWN}</Fact>
      <Fact name="Turns">{instance.turns}</Fact>
      <Fact name="Duration">
        <Duration from={instance.startedAt} to={instance.endedAt} />
      </Fact>
      <Fact name="First token after">
        {instance.ttftMs === null ? UNKNOWN : durationText(instance.ttftMs)}
      </Fact>
      <Fact name="API retries">{instance.retries}</Fact>
      <Fact name="Attempt">{instance.attempts === 0 ? UNKNOWN : instance.attempts}</Fact>
      <Fact name="Process">
        {instance.pid === null
          ? isFinal(instance.state)
            ? 'ended'
            : 'none now'
          : `pid ${String(instance.pid)}`}
      </Fact>
      <Fact name="Mode">{instance.mode}</Fact>
    </Facts>
    <dl className="mt-[3px] text-s">
      <dt className="text-ink-3">Workspace</dt>
      <dd className="font-mono text-xs [overflow-wrap:anywhere]">{instance.workspace}</dd>
      <dt className="mt-1.5 flex items-center text-ink-3">
        Claude session
        {instance.sessionId === null ? null : (
          <span className="ml-auto">
            <CopyButton text={instance.sessionId} />
          </span>
        )}
      </dt>
      <dd className="font-mono text-xs [overflow-wrap:anywhere]">{instance.sessionId ?? UNKNOWN}</dd>
    </dl>
  </Section>
);

/** What was tried of it, the fan-out that it is one of, what its check said and where it works: what there is of that. */
const CourseSection = ({ instance }: { readonly instance: InstanceView }) => {
  const { course, group } = instance;
  const words = courseWords(course);
  const { check, workspace, grants } = course;
  const own = workspace === null || workspace.kind === 'folder' ? null : workspace;
  if (words.length === 0 && group === null && check === null && own === null && grants.length === 0)
    return null;
  return (
    <Section title="On its way">
      <Facts>
        {words.length === 0 ? null : <Fact name="Is at">{words.join(', ')}</Fact>}
        {group === null ? null : <Fact name={`Of ${group.name}`}>number {group.index + 1}</Fact>}
        {check === null ? null : <Fact name="Check">{check.passed ? 'passed' : 'did not pass'}</Fact>}
        {own === null ? null : <Fact name="Works in">{own.kind === 'copy' ? 'a copy' : 'a worktree'}</Fact>}
        {own?.branch === undefined || own.branch === null ? null : <Fact name="Branch">{own.branch}</Fact>}
      </Facts>
      {group === null ? null : <Text name="Item" text={textOf(group.item)} />}
      {check === null || check.output.trim() === '' ? null : (
        <Text name="What the check said" text={check.output.trim()} />
      )}
      {own === null ? null : <Text name="Made of" text={own.origin} />}
      {grants.length === 0 ? null : <Text name="Allowed for this instance" text={grants.join('\n')} />}
    </Section>
  );
};

const textOf = (value: JsonValue): string =>
  typeof value === 'string' ? value : JSON.stringify(value, null, 2);

const Text = ({ name, text }: { readonly name: string; readonly text: string }) => (
  <div className="mt-1.5 text-s">
    <h3 className="flex items-center text-ink-3">
      {name}
      <span className="ml-auto">
        <CopyButton text={text} />
      </span>
    </h3>
    <ScrollBox
      label={name}
      className="max-h-40 overflow-y-auto font-mono text-xs [overflow-wrap:anywhere] whitespace-pre-wrap"
    >
      {text}
    </ScrollBox>
  </div>
);

/** The result as data, where the plan asked for one. */
const ResultSection = ({ structured }: { readonly structured: JsonValue }) =>
  structured === null ? null : (
    <Section title="Result">
      <Text name="As data" text={textOf(structured)} />
    </Section>
  );

/** Everything known of an instance besides what it says. */
export const InstanceInspector = ({ instance }: { readonly instance: InstanceView }) => (
  <Inspector label="Details">
    <UsageSection usage={instance.usage} />
    <CostSection usage={instance.usage} />
    <ToolsSection tools={instance.tools} />
    <CourseSection instance={instance} />
    <ResultSection structured={instance.structured} />
    <SessionSection instance={instance} />
  </Inspector>
);
