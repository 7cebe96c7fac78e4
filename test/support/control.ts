import { mkdtemp, readdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { attachEngine, type AttachedEngine } from '../../src/main/hosts/connect.ts';
import type { EngineClient, OrchestrationDetail } from '../../src/shared/contract/contract.ts';
import type { InboxAnswer } from '../../src/shared/contract/inbox.ts';
import type { OrchestrationEvent } from '../../src/shared/domain/event.ts';
import type { InstanceId, OrchestrationId } from '../../src/shared/domain/ids.ts';
import type { InboxItem, InboxItemOf } from '../../src/shared/domain/inbox.ts';
import { processesOf } from './flow.ts';
import { openNetraPlace, type NetraPlace, type NetraRun } from './netra.ts';

/** What became of a run, without what differs from run to run. */
export type Ended = {
  readonly state: string;
  /** `NAME STATE`, with the code of its failure, in plan order. */
  readonly instances: readonly string[];
  readonly results: Readonly<Record<string, string | null>>;
  /** `DECISION by WHO`, with the rule that answered or was made. */
  readonly answers: readonly string[];
  /** `ACTION by WHO`, of people: pauses and the like. */
  readonly controls: readonly string[];
  /** What came between attempts. */
  readonly steps: readonly string[];
  /** What the inbox showed when it was asked, as `KIND INSTANCE`. */
  readonly asked: readonly string[];
  /** What waits for somebody at the end. */
  readonly stillAsked: readonly string[];
  /** How often tools that were run left a mark (`mark`) in the workspace. */
  readonly marks: number;
};

/** A run in hand. */
export type Play = {
  readonly place: NetraPlace;
  readonly id: OrchestrationId;
  readonly workspace: string;
  readonly client: () => EngineClient;
  readonly detail: () => Promise<OrchestrationDetail>;
  readonly idOf: (name: string) => Promise<InstanceId>;
  /** Waits until this is so. */
  readonly until: (isSo: (detail: OrchestrationDetail) => boolean | Promise<boolean>) => Promise<void>;
  /** Waits until an instance is in this state. */
  readonly untilState: (name: string, ...states: readonly string[]) => Promise<void>;
  /** Waits until an instance streams text. */
  readonly untilTalking: (name: string) => Promise<void>;
  readonly events: () => Promise<readonly OrchestrationEvent[]>;
  /** Waits for the item of this kind, the only one of this run, and gives it. */
  readonly item: <K extends InboxItem['kind']>(kind: K) => Promise<InboxItemOf<K>>;
  /** The same, and answers it. */
  readonly answer: (kind: InboxItem['kind'], answer: InboxAnswer) => Promise<void>;
  /** Runs `netra`, which must do it. */
  readonly netra: (...args: readonly string[]) => Promise<string>;
  /** A moment at which, in one of the runs, the engine is killed and another one starts. */
  readonly here: (moment: string) => Promise<void>;
};

/** A run with what is done to it; played once calmly, and once for each moment with the engine killed there. */
export type ControlScenario = {
  readonly name: string;
  readonly instances: readonly object[];
  readonly more?: object;
  /** Lays out the workspace. */
  readonly layOut?: (workspace: string) => Promise<void>;
  readonly play: (play: Play) => Promise<void>;
  readonly comesTo: Partial<Ended>;
  /** The moments at which the engine is killed, and what comes out differently then. */
  readonly moments: Readonly<Record<string, Partial<Ended>>>;
};

/** The command of a tool that leaves a mark each time it is run. */
export const mark = 'mktemp -p . mark.XXXXXX';

const patience = { timeout: 60_000, interval: 25 };

/** Tries until it does not throw any more; a busy machine may take long. */
const inTime = <T>(attempt: () => T | Promise<T>): Promise<T> => vi.waitFor(attempt, patience);

type Engine = { readonly run: NetraRun; readonly attached: AttachedEngine };

/** Starts an engine of its own process and attaches to it. */
const startEngine = async (place: NetraPlace): Promise<Engine> => {
  const run = place.start(['engine', '--idle', '10m']);
  const attached = await inTime(async () => {
    const found = await attachEngine(place.dataDir);
    if (found?.holder.pid === run.pid) return found;
    await found?.close();
    throw new Error('The engine cannot be reached yet.');
  });
  return { run, attached };
};

/** A place whose engine is a process that can be killed. */
export type ControlPlace = {
  readonly place: NetraPlace;
  readonly client: () => EngineClient;
  /** `kill -9` of the engine; then another one opens. */
  killEngine(): Promise<void>;
  /** The command lines of what still runs here beside the engine. */
  leftOver(): Promise<readonly string[]>;
  close(): Promise<void>;
};

/** Opens a place with an engine. Close it. */
const openControlPlace = async (place: NetraPlace): Promise<ControlPlace> => {
  let engine = await startEngine(place);
  const endEngine = async (): Promise<void> => {
    engine.run.kill('SIGKILL');
    await engine.run.exited;
    await engine.attached.close();
  };
  return {
    place,
    client: () => engine.attached.client,
    killEngine: async () => {
      await endEngine();
      engine = await startEngine(place);
    },
    leftOver: async () => {
      const processes = await processesOf(place.claude.root);
      return processes.filter((command) => !command.includes(' engine --idle '));
    },
    close: async () => {
      await endEngine();
      await place.close();
    },
  };
};

const who = (by: string): string => (by === userInfo().username ? 'me' : by);

const linesOf = (
  events: readonly OrchestrationEvent[],
  line: (body: OrchestrationEvent['body']) => string | null,
): readonly string[] => events.flatMap(({ body }) => line(body) ?? []);

/** Whether an item is about a run; one for all that wait for the same names the first, and the others. */
const concerns =
  (id: OrchestrationId, instances: readonly { readonly id: InstanceId }[]) =>
  ({ orchestrationId, alsoFor }: InboxItem): boolean =>
    orchestrationId === id || instances.some((view) => alsoFor.includes(view.id));

const endedAs = async (play: Play, asked: readonly string[]): Promise<Ended> => {
  const { orchestration, instances } = await play.detail();
  const events = await play.events();
  const items = await play.client().inbox.list();
  const isOurs = concerns(orchestration.id, instances);
  const files = await readdir(play.workspace);
  return {
    state: orchestration.state,
    instances: instances.map(({ name, state, failure }) =>
      [name, state, ...(failure === null ? [] : [failure.code])].join(' '),
    ),
    results: Object.fromEntries(instances.map(({ name, result }) => [name, result])),
    answers: linesOf(events, (body) =>
      body.type === 'permission.answered'
        ? [body.decision, `by ${who(body.by)}`, ...(body.rule === undefined ? [] : [body.rule])].join(' ')
        : null,
    ),
    controls: linesOf(events, (body) =>
      body.type === 'instance.control' || body.type === 'orchestration.control'
        ? `${body.action} by ${who(body.by)}`
        : null,
    ),
    steps: linesOf(events, (body) => (body.type === 'instance.next' ? body.how : null)),
    asked,
    stillAsked: items.filter(isOurs).map(({ kind, instance }) => `${kind} ${instance}`),
    marks: files.filter((name) => name.startsWith('mark.')).length,
  };
};

type Started = { readonly id: OrchestrationId; readonly workspace: string };

const start = async ({ place, client }: ControlPlace, scenario: ControlScenario): Promise<Started> => {
  const workspace = await mkdtemp(join(place.claude.root, 'work-'));
  const { name, instances, more, layOut } = scenario;
  await layOut?.(workspace);
  const plan = {
    ...{ name, workspace, startupDelay: '0s', defaults: { env: place.claude.env } },
    ...more,
    instances,
  };
  const text = JSON.stringify(plan);
  const { orchestration } = await client().orchestrations.start({ text, file: null, baseDir: null });
  return { id: orchestration.id, workspace };
};

const playOf = (
  control: ControlPlace,
  { id, workspace }: Started,
  asked: string[],
  here: Play['here'],
): Play => {
  const { place, client } = control;
  const detail = (): Promise<OrchestrationDetail> => client().orchestrations.get({ id });
  const until: Play['until'] = (isSo) =>
    inTime(async () => {
      const now = await detail();
      const states = now.instances.map(({ name, state, reason }) => `${name} ${state} ${reason ?? ''}`);
      if (!(await isSo(now))) throw new Error(`It has not come to this: ${states.join('; ')}`);
    });
  const item = async <K extends InboxItem['kind']>(kind: K): Promise<InboxItemOf<K>> => {
    const isMeant = (one: InboxItem): one is InboxItemOf<K> => one.kind === kind;
    const found = await inTime(async () => {
      const { instances } = await detail();
      const items = (await client().inbox.list()).filter(concerns(id, instances));
      const [only, ...others] = items.filter(isMeant);
      const states = instances.map(({ name, state, reason }) => `${name} ${state} ${reason ?? ''}`);
      if (only === undefined || others.length > 0)
        throw new Error(`${String(items.length)} items: ${JSON.stringify(items)} ${states.join('; ')}`);
      return only;
    });
    asked.push(`${kind} ${found.instance}`);
    return found;
  };
  const events = async (): Promise<readonly OrchestrationEvent[]> =>
    (await client().events.after({ id, afterSeq: 0, limit: 1000 })).events;
  const stateOf = ({ instances }: OrchestrationDetail, name: string): string =>
    instances.find((one) => one.name === name)?.state ?? '';
  return {
    ...{ place, id, workspace, client, detail, until, item, events, here },
    idOf: async (name) => {
      const found = (await detail()).instances.find((one) => one.name === name);
      if (found === undefined) throw new Error(`There is no instance ${name}.`);
      return found.id;
    },
    untilState: (name, ...states) => until((now) => states.includes(stateOf(now, name))),
    untilTalking: (name) =>
      until(({ instances }) => {
        const view = instances.find((one) => one.name === name);
        return view?.state === 'running' && Object.keys(view.usage.byModel).length > 0;
      }),
    answer: async (kind, answer) => {
      const { id: itemId } = await item(kind);
      await client().inbox.answer({ itemId, answer });
    },
    netra: async (...args) => {
      const { code, stdout, stderr } = await place.run(args);
      expect([code, stderr]).toEqual([0, expect.anything()]);
      return stdout + stderr;
    },
  };
};

/** Plays a scenario to its end, with the engine killed at a moment, or at none. */
const playToEnd = async (
  control: ControlPlace,
  scenario: ControlScenario,
  killAt: string | null,
): Promise<Ended> => {
  const asked: string[] = [];
  const killed: string[] = [];
  const started = await start(control, scenario);
  const play = playOf(control, started, asked, async (moment) => {
    if (moment !== killAt) return;
    killed.push(moment);
    await control.killEngine();
  });
  try {
    await scenario.play(play);
    await play.until(({ orchestration }) => orchestration.state !== 'running');
  } catch (error) {
    await control.client().orchestrations.stop({ id: started.id, force: true });
    await inTime(async () => expect(await control.leftOver()).toEqual([]));
    throw error;
  }
  if (killAt !== null && killed.length === 0) throw new Error(`The moment did not come: ${killAt}`);
  // An engine keeps nothing open after it: no process, no question.
  await inTime(async () => expect(await control.leftOver()).toEqual([]));
  return endedAs(play, asked);
};

const long = { timeout: 150_000 };

/** Tests of scenarios, with one place and one engine at a time for all of them. */
export const describeControl = (
  scenarios: readonly ControlScenario[],
  open: () => Promise<NetraPlace> = openNetraPlace,
): void => {
  let control: ControlPlace;

  beforeAll(async () => {
    control = await openControlPlace(await open());
  }, 60_000);

  afterAll(async () => {
    await control.close();
  }, 60_000);

  describe.each(scenarios)('$name', (scenario) => {
    it('comes to what was asked', long, async () => {
      expect(await playToEnd(control, scenario, null)).toMatchObject(scenario.comesTo);
    });

    it.each(Object.entries(scenario.moments))(
      'comes to the same when its engine is killed %s',
      long,
      async (moment, differently) => {
        const expected = { ...scenario.comesTo, ...differently };
        expect(await playToEnd(control, scenario, moment)).toMatchObject(expected);
      },
    );
  });
};
