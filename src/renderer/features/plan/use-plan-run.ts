import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { EngineClient, OrchestrationDetail } from '../../../shared/contract/contract.ts';
import { failureOf, type Failure } from '../../../shared/domain/failure.ts';
import { go, routes } from '../../app/routes.ts';
import { useEngine } from '../../data/engine.tsx';
import { useAction } from '../../data/use-action.ts';
import { createPlanChecker, type PlanCheckState } from './plan-checker.ts';
import type { PlanDraft } from './plan-draft.ts';
import { readPlanAt, readPlanFile } from './plan-file.ts';
import { schemaNodeSchema, type SchemaNode } from './plan-schema-words.ts';

/** The schema of plans, from the engine; null until it is there, or when it cannot be had. */
export const usePlanSchema = (): SchemaNode | null => {
  const { connection } = useEngine();
  const [schema, setSchema] = useState<SchemaNode | null>(null);
  useEffect(
    () =>
      connection.keep(async (client) => {
        setSchema(schemaNodeSchema.parse(await client.plans.schema()));
      }),
    [connection],
  );
  return schema;
};

/** The check of a draft, kept up with it. */
export const usePlanCheck = (draft: PlanDraft): PlanCheckState => {
  const { connection } = useEngine();
  const [checker] = useState(() => createPlanChecker(connection));
  const { text, file, name } = draft;
  useEffect(() => {
    void checker.check({ text, file, name });
  }, [checker, text, file, name]);
  return useStore(checker.store);
};

/** `run_now` runs a plan that has a schedule, once and at once. */
export type StartKind = 'run' | 'run_now' | 'schedule';

export type PlanRun = {
  /** True when the engine took it. `inputs` are what was typed. */
  readonly start: (kind: StartKind, inputs: Record<string, string>) => Promise<boolean>;
  readonly demo: () => void;
  readonly pending: boolean;
  readonly failure: Failure | null;
  /** What was scheduled last, here. */
  readonly scheduled: Scheduled | null;
  readonly dismiss: () => void;
};

export type Scheduled = Awaited<ReturnType<EngineClient['schedules']['add']>>;

const goTo = ({ orchestration }: Pick<OrchestrationDetail, 'orchestration'>): void => {
  go(routes.orchestration(orchestration.id));
};

/** Starts a draft, or the demo, and goes to what was started; or adds its schedule. */
export const usePlanRun = ({ text, file }: PlanDraft): PlanRun => {
  const [scheduled, setScheduled] = useState<Scheduled | null>(null);
  const plan = { text, file, baseDir: null };
  const run = useAction(
    (client, now: boolean, inputs: Record<string, string>) =>
      client.orchestrations.start({ ...plan, inputs, ...(now && { now }) }),
    goTo,
  );
  const add = useAction(
    (client, inputs: Record<string, string>) => client.schedules.add({ ...plan, inputs }),
    setScheduled,
  );
  const demo = useAction((client) => client.orchestrations.startDemo(), goTo);
  return {
    start: (kind, inputs) => (kind === 'schedule' ? add.run(inputs) : run.run(kind === 'run_now', inputs)),
    demo: () => void demo.run(),
    pending: run.pending || add.pending || demo.pending,
    failure: run.failure ?? add.failure ?? demo.failure,
    scheduled,
    dismiss: () => {
      run.dismiss();
      add.dismiss();
      demo.dismiss();
      setScheduled(null);
    },
  };
};

export type PlanFiles = {
  /** Takes a file that was dropped, or chosen in a file input. */
  readonly take: (file: File) => void;
  /** Shows the desktop's dialog; null where the page offers a file input itself. */
  readonly pick: (() => void) | null;
  readonly failure: Failure | null;
};

/** Reads plan files into the draft. */
export const usePlanFiles = (draft: StoreApi<PlanDraft>): PlanFiles => {
  const { connection, host } = useEngine();
  const [failure, setFailure] = useState<Failure | null>(null);
  const put = (read: Promise<PlanDraft | null>): void => {
    setFailure(null);
    read.then(
      (next) => {
        if (next !== null) draft.setState(next);
      },
      (error: unknown) => {
        setFailure(failureOf(error, 'console.error'));
      },
    );
  };
  const { pickPlanFile } = host;
  return {
    failure,
    take: (file) => {
      put(readPlanFile(connection, host, file));
    },
    pick:
      pickPlanFile === null
        ? null
        : () => {
            put(pickPlanFile().then((path) => (path === null ? null : readPlanAt(connection, path))));
          },
  };
};
