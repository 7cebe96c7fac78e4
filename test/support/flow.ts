import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OrchestrationDetail } from '../../src/shared/contract/contract.ts';
import type { OrchestrationEvent } from '../../src/shared/domain/event.ts';
import type { OrchestrationId } from '../../src/shared/domain/ids.ts';
import { addUsage, noUsage, totalOf } from '../../src/shared/domain/usage.ts';
import { claudeBinary } from './claude.ts';
import { eventually } from './eventually.ts';
import { eventsUntil, openTestHost, type TestHost } from './host.ts';
import { openNetraPlace, type NetraPlace, type NetraRun } from './netra.ts';

export type FlowPlan = {
  readonly instances: readonly object[];
  readonly more?: object;
  /** What is looked at when it is over. */
  readonly leaves?: () => Promise<unknown>;
};

/** Where a plan is run: in a folder of its own. */
export type FlowSite = {
  readonly folder: string;
  /** A shell command that, in a run whose engine is to be killed, is the moment: it never ends the first time. */
  readonly stop: string;
};

/** A plan that is run more than once: left alone, and with its engine killed at moments that matter. */
export type Scenario = {
  readonly name: string;
  readonly plan: (site: FlowSite) => FlowPlan | Promise<FlowPlan>;
  readonly inputs?: Readonly<Record<string, string>>;
};

/** When an engine is killed: at the event that this fits, as a line of JSON, or when the plan's `stop` is reached. */
export type Moment = RegExp | 'stop';

/** What became of a run, without what differs from run to run. */
export type Outcome = {
  readonly state: string;
  /** `NAME STATE`, with the code of its failure, in plan order. */
  readonly instances: readonly string[];
  readonly results: Readonly<Record<string, string | null>>;
  /** What came between attempts, by instance; what is no instance's own is under ''. */
  readonly steps: Readonly<Record<string, readonly string[]>>;
  /** How many messages the API served for each prompt. */
  readonly prompts: Readonly<Record<string, number>>;
  /** How many requests the API answered with an error. */
  readonly refused: number;
  /** What the plan left behind, as it says. */
  readonly left: unknown;
  /** How many tokens the API served that we did not count; broken-off messages make it less. */
  readonly uncounted: number;
};

/** A scenario that is about to be run. */
export type Played = {
  readonly file: string;
  /** More arguments for `netra run`. */
  readonly args: readonly string[];
  /** Resolves when the plan's `stop` is reached. */
  readonly reached: () => Promise<unknown>;
  /** Lets the plan's `stop` pass the next time. */
  readonly letPass: () => Promise<void>;
};

/** Kills a `netra` that must still run. */
export const killed = async (run: NetraRun): Promise<void> => {
  run.kill('SIGKILL');
  const { signal } = await run.exited;
  if (signal !== 'SIGKILL') throw new Error('It had ended before it could be killed.');
};

export type Flow = {
  readonly place: NetraPlace;
  /** Runs a scenario to its end. */
  play(scenario: Scenario): Promise<Outcome>;
  /** Runs it with `netra run`, kills that at the moment, and has another engine go on. */
  playKilled(scenario: Scenario, moment: Moment): Promise<Outcome>;
  /** Has a scenario run, and then an engine in this process go on with what is left of it. */
  playBy(scenario: Scenario, act: (played: Played) => Promise<void>): Promise<Outcome>;
  /** An engine on the data directory, in this process. */
  open(): Promise<TestHost>;
  /** A new folder. */
  folder(): Promise<string>;
  /** The command lines of processes of this place that still run. */
  processes(): Promise<readonly string[]>;
  close(): Promise<void>;
};

const stepOf = (body: OrchestrationEvent['body']): readonly string[] => {
  switch (body.type) {
    case 'instance.next':
      return [body.how];
    case 'check.finished':
      return [body.passed ? 'passed' : 'not passed'];
    case 'workspace.changed':
      return [body.change];
    case 'group.changed':
      return [`${body.name} ${body.state} ${String(body.size)}`];
    default:
      return [];
  }
};

const stepsOf = (
  { instances }: OrchestrationDetail,
  events: readonly OrchestrationEvent[],
): Readonly<Record<string, readonly string[]>> => {
  const names = new Map<string | null, string>(instances.map(({ id, name }) => [id, name]));
  const steps: Record<string, string[]> = {};
  for (const { instanceId, body } of events) {
    const all = (steps[names.get(instanceId) ?? ''] ??= []);
    all.push(...stepOf(body));
  }
  return Object.fromEntries(Object.entries(steps).filter(([, all]) => all.length > 0));
};

type Counts = Readonly<Record<string, number>>;

const moreIn = (after: Counts, before: Counts): Counts => {
  const more = Object.entries(after).map(([key, count]) => [key, count - (before[key] ?? 0)] as const);
  return Object.fromEntries(more.filter(([, count]) => count > 0));
};

const sumOf = (tokens: Counts): number =>
  ['inputTokens', 'outputTokens', 'cacheWriteTokens', 'cacheReadTokens'].reduce(
    (sum, name) => sum + (tokens[name] ?? 0),
    0,
  );

/** The processes that were started in a folder, or with it in their environment. */
export const processesOf = async (root: string): Promise<readonly string[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const read = (name: string) => readFile(join('/proc', pid, name), 'latin1').catch(() => '');
      const command = (await read('cmdline')).replaceAll('\0', ' ').trim();
      return command !== '' && (command + (await read('environ'))).includes(root) ? [command] : [];
    }),
  );
  return found.flat();
};

/** Opens a place in which scenarios are run one after the other. Close it. */
export const openFlow = async (): Promise<Flow> => {
  const place = await openNetraPlace();
  const { api, claude, dataDir } = place;
  const folder = (): Promise<string> => mkdtemp(join(claude.root, 'flow-'));
  const open = (): Promise<TestHost> => openTestHost(dataDir, claudeBinary());

  /** Writes the plan for a run; the marks are how the run and we tell each other of the moment. */
  const write = async (scenario: Scenario) => {
    const marks = await folder();
    const site = {
      folder: join(marks, 'work'),
      stop: `{ [ -e ${marks}/passed ] || { touch ${marks}/reached; exec sleep 600; }; }`,
    };
    await mkdir(site.folder);
    const { instances, more = {}, leaves = () => Promise.resolve(null) } = await scenario.plan(site);
    const file = await place.plan(scenario.name, instances, { workspace: site.folder, ...more });
    const [served, { failed }] = [api.totals(), api.requests()];

    const outcome = async (host: TestHost, id: OrchestrationId): Promise<Outcome> => {
      await host.engine.idle();
      const detail = await host.client.orchestrations.get({ id });
      const events = await eventsUntil(host, id);
      const usage = totalOf(detail.instances.reduce((sum, view) => addUsage(sum, view.usage), noUsage));
      const now = api.totals();
      const prompts = Object.entries(moreIn(now.byPrompt, served.byPrompt));
      return {
        state: detail.orchestration.state,
        instances: detail.instances.map(({ name, state, failure }) =>
          [name, state, ...(failure === null ? [] : [failure.code])].join(' '),
        ),
        results: Object.fromEntries(detail.instances.map(({ name, result }) => [name, result])),
        steps: stepsOf(detail, events),
        prompts: Object.fromEntries(prompts.map(([text, n]) => [text.replaceAll(site.folder, 'FOLDER'), n])),
        refused: api.requests().failed - failed,
        left: await leaves(),
        uncounted: sumOf({ ...now.all }) - sumOf({ ...served.all }) - sumOf(usage),
      };
    };

    return {
      ...{ file, outcome },
      letPass: () => writeFile(join(marks, 'passed'), ''),
      reached: () => eventually(() => readFile(join(marks, 'reached'))),
    };
  };

  /** Opens an engine, has something done with it, and closes it; nothing may have gone wrong unseen. */
  const withHost = async <T>(act: (host: TestHost) => Promise<T>): Promise<T> => {
    const host = await open();
    try {
      const result = await act(host);
      if (host.errors.length > 0) throw new Error('The engine told errors.', { cause: host.errors });
      return result;
    } catch (error) {
      await host.engine.stopAll('test', true);
      throw error;
    } finally {
      await host.close();
    }
  };

  const playBy: Flow['playBy'] = async (scenario, act) => {
    const { outcome, ...played } = await write(scenario);
    const args = Object.entries(scenario.inputs ?? {}).flatMap(([key, value]) => [
      '--input',
      `${key}=${value}`,
    ]);
    await act({ ...played, args });
    return withHost(async (host) => {
      const { items } = await host.client.orchestrations.list({ search: scenario.name, limit: 1 });
      const [newest] = items;
      if (newest === undefined) throw new Error('Nothing of the run is left.');
      return outcome(host, newest.id);
    });
  };

  return {
    place,
    open,
    folder,
    processes: () => processesOf(claude.root),
    play: async (scenario) => {
      const { file, letPass, outcome } = await write(scenario);
      await letPass();
      const text = await readFile(file, 'utf8');
      const inputs = scenario.inputs === undefined ? {} : { inputs: scenario.inputs };
      return withHost(async (host) => {
        const plan = { text, file: null, baseDir: null, ...inputs };
        const { orchestration } = await host.client.orchestrations.start(plan);
        return outcome(host, orchestration.id);
      });
    },
    playBy,
    playKilled: (scenario, moment) =>
      playBy(scenario, async ({ file, args, letPass, reached }) => {
        const run = place.start(['run', file, ...args, '--format', 'ndjson']);
        if (moment !== 'stop') await letPass();
        await (moment === 'stop' ? reached() : run.shows(moment));
        await letPass();
        await killed(run);
      }),
    close: async () => {
      await place.close();
      await rm(claude.root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
