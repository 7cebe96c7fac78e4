import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { InstanceId, OrchestrationId } from '../../../shared/domain/ids.ts';
import { isFinal, type InstanceView } from '../../../shared/domain/instance.ts';
import { useCrumbs } from '../../app/panels.ts';
import { routes } from '../../app/routes.ts';
import { useEngine, useOpened, useOverview } from '../../data/engine.tsx';
import { openInstanceStream, type InstanceStream } from '../../data/instance-stream.ts';
import { Duration } from '../../ui/figures.tsx';
import { Page } from '../../ui/layout.tsx';
import { Empty, FailureNote, Loading } from '../../ui/notes.tsx';
import { Chip, StateIcon } from '../../ui/state.tsx';
import { InstanceButtons } from '../control/instance-buttons.tsx';
import { InstanceChip } from '../instance-row/instance-chip.tsx';
import { StandingNote } from '../instance-row/standing-note.tsx';
import { courseWords } from '../../../shared/domain/course-words.ts';
import { InstanceFailure } from './instance-failure.tsx';
import { InstanceInspector } from './instance-inspector.tsx';
import { QuestionDock } from './question-dock.tsx';
import { StoppedByBudget } from '../question/stopped-by-budget.tsx';
import { StreamPane } from './stream-pane.tsx';
import { openStreamSession } from './stream-session.ts';

export type InstancePageProps = {
  readonly orchestrationId: OrchestrationId;
  readonly instanceId: InstanceId;
  /** The number of an event to show first; null: where the stream ends. */
  readonly event: number | null;
};

const Sub = ({ instance }: { readonly instance: InstanceView }) => (
  <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
    <InstanceChip instance={instance} />
    {courseWords(instance.course).map((words) => (
      <Chip key={words}>{words}</Chip>
    ))}
    <span className="text-s tabular-nums">
      {instance.model === null ? null : `${instance.model} · `}
      {instance.turns === 0 ? null : `turn ${String(instance.turns)} · `}
      <Duration from={instance.startedAt} to={instance.endedAt} />
    </span>
  </span>
);

const NothingYet = ({ instance }: { readonly instance: InstanceView }) => (
  <Empty
    title={isFinal(instance.state) ? 'Nothing happened here' : 'Nothing happened yet'}
    text={
      isFinal(instance.state)
        ? 'It ended before Claude began.'
        : 'Its first words appear here as they are written.'
    }
  />
);

type ReadyProps = {
  readonly stream: InstanceStream;
  readonly instance: InstanceView;
  readonly event: number | null;
};

const Ready = ({ stream, instance, event }: ReadyProps) => {
  const isEmpty = useStore(stream.store, ({ letters, live }) => letters.length === 0 && live.length === 0);
  const failure = useStore(stream.store, (state) => state.failure);
  const session = useOpened(instance.id, () => openStreamSession(stream));
  useEffect(() => {
    if (session !== null && event !== null && !isEmpty) void session.goTo(event);
  }, [session, event, isEmpty]);
  return (
    <>
      {failure === null ? null : <FailureNote failure={failure} />}
      <InstanceFailure instance={instance} />
      <StandingNote instance={instance} />
      {isEmpty ? <NothingYet instance={instance} /> : null}
      {isEmpty || session === null ? null : (
        <StreamPane stream={stream} session={session} instance={instance} />
      )}
      <QuestionDock instance={instance} />
      <StoppedByBudget instance={instance} />
    </>
  );
};

const Opened = ({
  stream,
  orchestrationId,
  instanceId,
  event,
}: InstancePageProps & { stream: InstanceStream }) => {
  const status = useStore(stream.store, (state) => state.status);
  const failure = useStore(stream.store, (state) => state.failure);
  const told = useStore(stream.store, (state) => state.instance);
  const name = useStore(stream.store, (state) => state.orchestration?.name);
  // The overview knows what runs, and is the newer of the two; it forgets what ended long ago.
  const live = useOverview((state) => state.instances.get(instanceId));
  const known = useOverview((state) => state.orchestrations.get(orchestrationId)?.name);
  const instance = live ?? told;
  useCrumbs([
    { label: known ?? name ?? 'Orchestration', href: routes.orchestration(orchestrationId) },
    { label: instance?.name ?? 'Instance' },
  ]);
  if (instance === null) {
    return (
      <Page title="Instance">
        {failure === null ? <Loading what="Opening the instance…" /> : <FailureNote failure={failure} />}
      </Page>
    );
  }
  return (
    <Page
      title={instance.name}
      lead={<StateIcon state={instance.state} className="size-4" />}
      sub={<Sub instance={instance} />}
      actions={<InstanceButtons instance={instance} />}
      inspector={<InstanceInspector instance={instance} />}
      scrolls={false}
    >
      {status === 'ready' ? (
        <Ready stream={stream} instance={instance} event={event} />
      ) : failure === null ? (
        <Loading what="Reading the stream…" />
      ) : (
        <FailureNote failure={failure} />
      )}
    </Page>
  );
};

/** One instance: what it says and does, as it happens or as it happened. */
export const InstancePage = (props: InstancePageProps) => {
  const { connection, overview } = useEngine();
  const { orchestrationId, instanceId } = props;
  const stream = useOpened(`${orchestrationId} ${instanceId}`, () =>
    openInstanceStream({ connection, orchestrationId, instanceId, onChange: overview.onChange }),
  );
  return stream === null ? <Loading what="Opening the instance…" /> : <Opened stream={stream} {...props} />;
};
