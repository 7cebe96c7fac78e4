import { isFinal, type InstanceView } from '../../../shared/domain/instance.ts';
import { Duration } from '../../ui/figures.tsx';
import { durationText, UNKNOWN } from '../../ui/format.ts';
import { Inspector } from '../../ui/inspector.tsx';
import { Fact, Facts, Section } from '../../ui/layout.tsx';
import { CopyButton } from '../../ui/notes.tsx';
import { CourseSection, ResultSection } from './course-section.tsx';
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
