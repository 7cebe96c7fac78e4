import { LayoutGrid, Play, Rows3, Sparkles } from 'lucide-react';
import { useStore } from 'zustand';
import { useCrumbs } from '../../app/panels.ts';
import { go, routes } from '../../app/routes.ts';
import { isFinal, type InstanceView } from '../../../shared/domain/instance.ts';
import { byAttention, grouped } from '../../data/attention.ts';
import { useEngine, useOverview, usePreferences } from '../../data/engine.tsx';
import { useAction } from '../../data/use-action.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Keys } from '../../ui/keys.tsx';
import { Page } from '../../ui/layout.tsx';
import { moveInList } from '../../ui/list-keys.ts';
import { Empty, FailureNote, Loading } from '../../ui/notes.tsx';
import { FirstRun } from '../health/first-run.tsx';
import { InstanceTable } from '../instance-row/instance-table.tsx';
import { StopAllButton } from '../control/stop-all-button.tsx';
import { Recent } from './recent.tsx';
import { Tile, type Density } from './tile.tsx';
import { TotalsStrip } from './totals-strip.tsx';

const densityOf = (count: number): Density => (count <= 4 ? 'roomy' : count <= 24 ? 'normal' : 'dense');

const columns: Readonly<Record<Density, string>> = {
  roomy: 'grid-cols-[repeat(auto-fill,minmax(min(100%,460px),1fr))]',
  normal: 'grid-cols-[repeat(auto-fill,minmax(min(100%,310px),1fr))]',
  dense: 'grid-cols-[repeat(auto-fill,minmax(min(100%,218px),1fr))]',
};

/** Instances of the orchestrations that run, by attention over all of them. */
const useShown = (): readonly InstanceView[] => {
  const orchestrations = useOverview((state) => state.orchestrations);
  const instances = useOverview((state) => state.instances);
  return grouped(orchestrations.values(), instances.values())
    .filter(({ orchestration }) => orchestration.state === 'running')
    .flatMap((group) => group.instances)
    .toSorted((a, b) => byAttention(a, b) || (a.id < b.id ? -1 : 1));
};

const Tiles = ({ shown }: { readonly shown: readonly InstanceView[] }) => {
  const density = densityOf(shown.length);
  return (
    // The handler only moves the focus among the links inside.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      aria-label="Instances"
      className={`grid shrink-0 gap-3 ${columns[density]}`}
      onKeyDown={(event) => {
        moveInList(event, true);
      }}
    >
      {shown.map((instance) => (
        <Tile key={instance.id} id={instance.id} density={density} />
      ))}
    </section>
  );
};

const ViewSwitch = () => {
  const { preferences } = useEngine();
  const view = usePreferences((state) => state.overview);
  return (
    <div role="group" aria-label="View" className="flex gap-0.5">
      <IconButton
        label="Tiles"
        icon={LayoutGrid}
        aria-pressed={view === 'tiles'}
        onClick={() => {
          preferences.setState({ overview: 'tiles' });
        }}
      />
      <IconButton
        label="Table"
        icon={Rows3}
        aria-pressed={view === 'table'}
        onClick={() => {
          preferences.setState({ overview: 'table' });
        }}
      />
    </div>
  );
};

const StopAll = () => (
  <StopAllButton
    title="Stop everything?"
    what="All running orchestrations."
    stop={(client, force) => client.orchestrations.stopAll({ force })}
  />
);

const NothingRuns = () => {
  const demo = useAction(
    (client) => client.orchestrations.startDemo(),
    (detail) => {
      go(routes.orchestration(detail.orchestration.id));
    },
  );
  return (
    <Empty
      title="Nothing runs right now"
      text="A plan names the instances; each is a Claude Code of its own."
    >
      <Button
        look="primary"
        icon={Play}
        onClick={() => {
          go(routes.plan);
        }}
      >
        Run a plan <Keys keys="N" bare />
      </Button>
      <Button icon={Sparkles} disabled={demo.pending} onClick={() => void demo.run()}>
        Run the demo
      </Button>
      {demo.failure === null ? null : <FailureNote failure={demo.failure} />}
    </Empty>
  );
};

const Running = () => {
  const shown = useShown();
  const view = usePreferences((state) => state.overview);
  const orchestrations = useOverview((state) => state.orchestrations);
  const running = [...orchestrations.values()].filter((one) => one.state === 'running').length;
  const open = shown.filter((one) => !isFinal(one.state)).length;
  return (
    <Page
      title="Overview"
      sub={
        running === 0
          ? undefined
          : `${String(running)} ${running === 1 ? 'orchestration' : 'orchestrations'}, ${String(shown.length)} ${shown.length === 1 ? 'instance' : 'instances'}`
      }
      actions={
        <>
          {open > 0 ? <StopAll /> : null}
          <ViewSwitch />
        </>
      }
    >
      {orchestrations.size === 0 ? null : <TotalsStrip />}
      {shown.length === 0 ? (
        <NothingRuns />
      ) : view === 'tiles' ? (
        <Tiles shown={shown} />
      ) : (
        <InstanceTable
          label="Instances"
          instances={shown}
          planOf={(instance) => orchestrations.get(instance.orchestrationId)?.name}
        />
      )}
      <Recent />
    </Page>
  );
};

/** All that runs, live, before one opens any of it; on first start, whether this machine is ready. */
export const OverviewScreen = () => {
  useCrumbs([{ label: 'Overview' }]);
  const { system, connection } = useEngine();
  const firstRun = useStore(system.store, (state) => state.info?.firstRun ?? null);
  const lost = useStore(
    connection.state,
    (state) => state.kind !== 'connecting' && state.kind !== 'connected',
  );
  const loaded = useOverview((state) => state.loaded);
  const isEmpty = useOverview((state) => state.orchestrations.size === 0);
  const failure = useOverview((state) => state.failure);
  if (failure !== null) {
    return (
      <Page title="Overview">
        <FailureNote failure={failure} />
      </Page>
    );
  }
  if (!loaded || firstRun === null) {
    return (
      <Page title="Overview">
        {lost ? (
          <Empty
            title="Nothing is known yet"
            text="The console shows what runs as soon as it reaches the engine."
          />
        ) : (
          <Loading what="Asking the engine what runs…" />
        )}
      </Page>
    );
  }
  return firstRun && isEmpty ? <FirstRun /> : <Running />;
};
