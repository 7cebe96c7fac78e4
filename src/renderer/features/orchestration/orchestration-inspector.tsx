import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { When } from '../../ui/figures.tsx';
import { Inspector } from '../../ui/inspector.tsx';
import { Fact, Facts, Section } from '../../ui/layout.tsx';
import { CopyButton } from '../../ui/notes.tsx';
import { addTools, CostSection, ToolsSection, UsageSection } from '../usage/usage-panel.tsx';

type OrchestrationInspectorProps = {
  readonly orchestration: OrchestrationView;
  readonly instances: readonly InstanceView[];
};

/** What an orchestration adds up to: tokens, cost by model, tools, and where it ran. */
export const OrchestrationInspector = ({ orchestration, instances }: OrchestrationInspectorProps) => {
  const { startedAt, endedAt, workspace, planFile, concurrency, owner, schedule, id } = orchestration;
  return (
    <Inspector label="Totals">
      <UsageSection usage={orchestration.usage} />
      <CostSection usage={orchestration.usage} />
      <ToolsSection tools={addTools(instances.map((one) => one.tools))} />
      <Section title="Orchestration">
        <Facts>
          <Fact name="Started">
            <When at={startedAt} />
          </Fact>
          {endedAt === null ? null : (
            <Fact name="Ended">
              <When at={endedAt} />
            </Fact>
          )}
          <Fact name="At once">{concurrency}</Fact>
          <Fact name="Owner">{owner}</Fact>
          {schedule === null ? null : (
            <Fact name="By schedule, due">
              <When at={schedule.occurrence} />
            </Fact>
          )}
        </Facts>
        <dl className="mt-2 flex flex-col gap-2 text-s">
          <div>
            <dt className="text-ink-3">Workspace</dt>
            <dd className="font-mono text-xs break-all">{workspace}</dd>
          </div>
          {planFile === null ? null : (
            <div>
              <dt className="text-ink-3">Plan</dt>
              <dd className="font-mono text-xs break-all">{planFile}</dd>
            </div>
          )}
        </dl>
        <div className="mt-2 -ml-2.5">
          <CopyButton text={id} label="Copy id" />
        </div>
      </Section>
    </Inspector>
  );
};
