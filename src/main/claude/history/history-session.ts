import { createHash } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';
import type { AttemptRecord, OrchestrationSource } from '../../engine/store-ports.ts';
import { newCourse } from '../../../shared/domain/course.ts';
import type { Failure } from '../../../shared/domain/failure.ts';
import {
  attemptIdSchema,
  instanceIdSchema,
  orchestrationIdSchema,
  type AttemptId,
  type InstanceId,
  type Instant,
  type OrchestrationId,
} from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import { harmlessLine, isSeen } from '../../../shared/domain/marks.ts';
import { noMarks, totalsOf, type OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { InstanceSpec } from '../../../shared/domain/plan/plan-spec.ts';
import type { Usage } from '../../../shared/domain/usage.ts';
import { headOf, oneLine } from '../stream/cut.ts';
import type { HistoryFacts, HistoryStanding } from './history-fold.ts';

/** The ids of what a session of Claude Code becomes here. */
export type HistoryIds = {
  readonly orchestration: OrchestrationId;
  readonly instance: InstanceId;
  readonly attempt: AttemptId;
};

/**
 * Ids by the session's own id and its begin: the same each time, so that a session that is taken in again, after a kill or
 * into a new database, is the same one.
 */
export const historyIds = (sessionId: string, firstAt: Instant): HistoryIds => {
  const time = Math.max(0, Date.parse(firstAt)).toString(16).padStart(12, '0').slice(-12);
  const idOf = (what: string): string => {
    const hash = createHash('sha256').update(`netra ${what} ${sessionId}`).digest('hex');
    const variant = ((Number.parseInt(hash.slice(3, 4), 16) & 3) | 8).toString(16);
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(8, 20)}`;
  };
  return {
    orchestration: orchestrationIdSchema.parse(idOf('orchestration')),
    instance: instanceIdSchema.parse(idOf('instance')),
    attempt: attemptIdSchema.parse(idOf('attempt')),
  };
};

/** What is known of a session, with what its account and its numbers come to. */
export type HistorySession = {
  readonly sessionId: string;
  readonly ids: HistoryIds;
  readonly facts: HistoryFacts & { readonly firstAt: Instant; readonly lastAt: Instant };
  readonly usage: Usage;
  readonly events: number;
  readonly spoolBytes: number;
  readonly owner: string;
};

/** What is stored of a session, but for its events. */
export type HistoryViews = {
  readonly orchestration: OrchestrationView;
  readonly instance: InstanceView;
  readonly attempt: AttemptRecord;
  readonly source: OrchestrationSource;
};

/** What sessions of a terminal are listed under, where others have the name of their plan. */
const historyPlan = 'Claude Code';
const instanceName = 'session';

/** Its title, as a person or Claude gave it; else the begin of its first prompt. */
const nameOf = ({ sessionId, facts }: HistorySession): string => {
  const names = [facts.title?.text, facts.firstPrompt].map((text) =>
    harmlessLine(oneLine(stripVTControlCharacters(text ?? ''), 100)),
  );
  return names.find(isSeen) ?? `Session ${sessionId.slice(0, 8)}`;
};

/** A session is never live here: one whose turn has not ended counts as stopped until its next lines come. */
const stateOf = ({ kind }: HistoryStanding): 'succeeded' | 'failed' | 'stopped' =>
  kind === 'ended' ? 'succeeded' : kind;

const failureOf = (standing: HistoryStanding): Failure | null =>
  standing.kind === 'failed' ? { code: 'claude.api_error', message: standing.message } : null;

const specOf = ({ sessionId, facts }: HistorySession, workspace: string): InstanceSpec => ({
  name: instanceName,
  prompt: facts.firstPrompt ?? '',
  workspace,
  ...(facts.model === null ? {} : { model: facts.model }),
  allowedTools: [],
  disallowedTools: [],
  addDirs: [],
  env: {},
  ...(isGuid.test(sessionId) ? { session: { resume: sessionId } } : {}),
  mode: 'live',
  outputFormat: 'stream-json',
});

const isGuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The plan that goes on with the session. */
const sourceOf = (session: HistorySession, name: string, spec: InstanceSpec): OrchestrationSource => {
  const { workspace } = spec;
  const goesOn = { session: { resume: session.sessionId } };
  const instance = {
    name: instanceName,
    prompt: 'Go on.',
    ...(isGuid.test(session.sessionId) ? goesOn : {}),
  };
  return {
    plan: { name, workspace, baseDir: workspace, concurrency: 1, startupDelayMs: 0, instances: [spec] },
    planText: `${JSON.stringify({ name, ...(workspace === '' ? {} : { workspace }), instances: [instance] }, null, 2)}\n`,
  };
};

const descriptionOf = ({ cwd, gitBranch, version }: HistoryFacts): string | null => {
  const parts = [
    version === null ? 'Claude Code' : `Claude Code ${version}`,
    cwd === null ? null : `in ${cwd}`,
    gitBranch === null ? null : `on ${gitBranch}`,
  ];
  return parts.filter((part) => part !== null).join(' ');
};

const instanceOf = (session: HistorySession, workspace: string, spec: InstanceSpec): InstanceView => {
  const { ids, facts, usage } = session;
  const toolCalls = Object.values(facts.tools.byName).reduce((sum, { calls }) => sum + calls, 0);
  return {
    id: ids.instance,
    orchestrationId: ids.orchestration,
    name: instanceName,
    position: 0,
    group: null,
    state: stateOf(facts.standing),
    reason: facts.standing.kind === 'stopped' ? 'Its last turn has no end in its transcript.' : null,
    limitedUntil: null,
    mode: spec.mode,
    workspace,
    prompt: spec.prompt ?? '',
    model: facts.model,
    sessionId: session.sessionId,
    attempts: 1,
    pid: null,
    startedAt: facts.firstAt,
    endedAt: facts.lastAt,
    usage,
    turns: facts.turns,
    retries: facts.retries,
    toolCalls,
    tools: facts.tools.byName,
    ttftMs: null,
    activity: null,
    said: facts.said,
    questions: [],
    lost: [],
    result: facts.standing.kind === 'ended' ? facts.result : null,
    structured: null,
    failure: failureOf(facts.standing),
    course: newCourse,
    eventCount: session.events,
  };
};

const attemptOf = (session: HistorySession, workspace: string, spec: InstanceSpec): AttemptRecord => ({
  id: session.ids.attempt,
  instanceId: session.ids.instance,
  orchestrationId: session.ids.orchestration,
  number: 1,
  spec: { attemptId: session.ids.attempt, instance: spec, workspace },
  process: null,
  offsets: { stdout: session.spoolBytes, stderr: 0 },
  startedAt: session.facts.firstAt,
  endedAt: session.facts.lastAt,
  exitCode: null,
  signal: null,
  sessionId: session.sessionId,
  usage: session.usage,
  stopRequested: false,
  answered: [],
  before: { usage: { basis: 'exact', byModel: {} }, turns: 0, retries: 0, toolCalls: 0, tools: {} },
});

/** A session as an orchestration of one instance with one attempt, all of them ended. */
export const historyViews = (session: HistorySession): HistoryViews => {
  const { ids, facts } = session;
  const workspace = facts.cwd ?? '';
  const name = nameOf(session);
  const spec = specOf(session, workspace);
  const instance = instanceOf(session, workspace, spec);
  const orchestration: OrchestrationView = {
    ...noMarks,
    ...totalsOf([instance]),
    id: ids.orchestration,
    name,
    plan: historyPlan,
    origin: 'claude',
    description: headOf(descriptionOf(facts) ?? '', 2000),
    state: stateOf(facts.standing),
    owner: session.owner,
    planFile: null,
    workspace,
    concurrency: 1,
    groups: [],
    pausedBy: null,
    heldBecause: null,
    schedule: null,
    startedAt: facts.firstAt,
    endedAt: facts.lastAt,
    lastSeq: session.events,
  };
  return {
    orchestration,
    instance,
    attempt: attemptOf(session, workspace, spec),
    source: sourceOf(session, name, spec),
  };
};
