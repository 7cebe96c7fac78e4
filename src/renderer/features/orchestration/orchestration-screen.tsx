import { Tabs } from 'radix-ui';
import { useState } from 'react';
import { useStore } from 'zustand';
import { useCrumbs } from '../../app/panels.ts';
import { go, routes } from '../../app/routes.ts';
import type { OrchestrationId } from '../../../shared/domain/ids.ts';
import { isFinal, type InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { useEngine, useOpened } from '../../data/engine.tsx';
import {
  openOrchestration,
  type OrchestrationPage,
  type OrchestrationPageState,
} from '../../data/orchestration.ts';
import { heldText } from '../../data/standing.ts';
import { Duration } from '../../ui/figures.tsx';
import { Page } from '../../ui/layout.tsx';
import { FailureNote, Loading } from '../../ui/notes.tsx';
import { Chip, StateChip, StateIcon } from '../../ui/state.tsx';
import { InstanceTable } from '../instance-row/instance-table.tsx';
import { OrchestrationButtons } from '../control/orchestration-buttons.tsx';
import { FanOuts } from './fan-outs.tsx';
import { OrchestrationInspector } from './orchestration-inspector.tsx';
import { SessionMenu } from '../sessions/session-menu.tsx';
import { OrchestrationMarks } from './orchestration-marks.tsx';
import { OrchestrationTitle } from './orchestration-title.tsx';
import { PlanText } from './plan-text.tsx';
import { Progress } from './progress.tsx';

const tabClass =
  'h-7 rounded-s px-2.5 text-s text-ink-2 hover:bg-hover data-[state=active]:bg-sel data-[state=active]:font-[550] data-[state=active]:text-ink';

type ReadyProps = {
  readonly orchestration: OrchestrationView;
  readonly instances: readonly InstanceView[];
  readonly planText: string;
};

const Ready = ({ orchestration, instances, planText }: ReadyProps) => {
  useCrumbs([{ label: 'Sessions', href: routes.sessions }, { label: orchestration.name }]);
  const [renaming, setRenaming] = useState(false);
  const done = instances.filter((one) => isFinal(one.state)).length;
  const toCome = orchestration.groups.filter(({ state }) => state === 'pending').length;
  const held = orchestration.state === 'running' ? heldText(orchestration) : null;
  return (
    <Page
      title={orchestration.name}
      heading={
        <OrchestrationTitle orchestration={orchestration} renaming={renaming} onRenaming={setRenaming} />
      }
      lead={<StateIcon state={orchestration.state} className="size-4" />}
      sub={
        <span className="flex items-center gap-2">
          <StateChip state={orchestration.state} />
          {orchestration.pausedBy === null ? null : <Chip tone="limited">paused</Chip>}
          <span>
            {done} of {instances.length} done{toCome > 0 ? ', more to come' : null} ·{' '}
            <Duration from={orchestration.startedAt} to={orchestration.endedAt} />
          </span>
        </span>
      }
      actions={
        <>
          <OrchestrationButtons orchestration={orchestration} />
          <SessionMenu
            session={orchestration}
            onRename={() => {
              setRenaming(true);
            }}
            onDeleted={() => {
              go(routes.sessions);
            }}
          />
        </>
      }
      inspector={<OrchestrationInspector orchestration={orchestration} instances={instances} />}
    >
      <OrchestrationMarks orchestration={orchestration} />
      {orchestration.description === null ? null : (
        <p className="-mt-2 text-ink-2">{orchestration.description}</p>
      )}
      {held === null ? null : (
        <p
          role="note"
          className="flex items-center gap-2 rounded-m border border-line bg-panel px-3 py-2 text-s"
        >
          <StateIcon state="paused" />
          <span className="min-w-0 [overflow-wrap:anywhere]">{held}</span>
        </p>
      )}
      <Progress orchestration={orchestration} />
      <FanOuts groups={orchestration.groups} instances={instances} />
      <Tabs.Root defaultValue="instances" className="flex flex-col gap-3">
        <Tabs.List aria-label="What to show" className="flex gap-1">
          <Tabs.Trigger value="instances" className={tabClass}>
            Instances
          </Tabs.Trigger>
          <Tabs.Trigger value="plan" className={tabClass}>
            Plan
          </Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content value="instances">
          <InstanceTable label={`Instances of ${orchestration.name}`} instances={instances} />
        </Tabs.Content>
        <Tabs.Content value="plan">
          <PlanText text={planText} file={orchestration.planFile} />
        </Tabs.Content>
      </Tabs.Root>
    </Page>
  );
};

const Shown = ({ state }: { readonly state: OrchestrationPageState }) => {
  if (state.status === 'ready') return <Ready {...state} />;
  return (
    <Page title="Orchestration">
      {state.status === 'failed' ? (
        <FailureNote failure={state.failure} />
      ) : (
        <Loading what="Fetching the orchestration…" />
      )}
    </Page>
  );
};

const Opened = ({ page }: { readonly page: OrchestrationPage }) => <Shown state={useStore(page.store)} />;

/** One orchestration, running or past: its instances, its totals and its plan. */
export const OrchestrationScreen = ({ id }: { readonly id: OrchestrationId }) => {
  const engine = useEngine();
  const page = useOpened(id, () => openOrchestration(engine, id));
  return page === null ? <Shown state={{ status: 'loading' }} /> : <Opened page={page} />;
};
