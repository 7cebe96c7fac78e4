import { isFinal, type InstanceView } from '../../../shared/domain/instance.ts';
import { Duration } from '../../ui/figures.tsx';
import { durationText, UNKNOWN } from '../../ui/format.ts';
import { Inspector } from '../../ui/inspector.tsx';
import { Fact, Facts, Section } from '../../ui/layout.tsx';
import { CopyButton, FailureNote } from '../../ui/notes.tsx';
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
            : UNKNOWN
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

/** What a person does about a failure of this kind, where the message does not say it. */
const adviceFor = (code: string): string => {
  if (code.startsWith('claude.not_signed_in') || code.includes('auth') || code.includes('key'))
    return 'Sign Claude Code in (`claude`, then /login) or set the key in the plan, then restart.';
  if (code.includes('overloaded') || code.includes('limit'))
    return 'Wait a while, then restart: it begins anew.';
  if (code.includes('workspace')) return 'Check the workspace in the plan, then run it again.';
  return 'The last lines of the stream show what came before. Restart runs it again from the start.';
};

/** Everything known of an instance besides what it says. */
export const InstanceInspector = ({ instance }: { readonly instance: InstanceView }) => (
  <Inspector label="Details">
    {instance.failure === null ? null : (
      <Section title="Failure">
        <FailureNote
          failure={instance.failure}
          details={`instance ${instance.id}\nsession ${instance.sessionId ?? 'none'}`}
          className="[&>div]:flex-wrap"
        />
        <p className="mt-1.5 text-s text-ink-2">{adviceFor(instance.failure.code)}</p>
      </Section>
    )}
    <UsageSection usage={instance.usage} />
    <CostSection usage={instance.usage} />
    <ToolsSection tools={instance.tools} />
    <SessionSection instance={instance} />
  </Inspector>
);
