import type { EventBody } from '../../../shared/domain/event.ts';
import { instantOf } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { InstanceSpec } from '../../../shared/domain/plan/plan-spec.ts';
import {
  filesOfSpec,
  LONG_VALUE,
  renderPrompt,
  renderSpec,
} from '../../../shared/domain/plan/render-spec.ts';
import { buildScope } from '../../../shared/domain/expression/scope.ts';
import type { Shell } from '../../../shared/domain/expression/shell-template.ts';
import { filesOfTemplate, renderTemplate } from '../../../shared/domain/expression/template.ts';
import { folderCodeText } from '../../../shared/domain/permission/trust.ts';
import type { InstanceContext } from './instance-context.ts';
import { scopeParts, scopeWithFiles, type ScopeSource } from './instance-scope.ts';
import type { Clock } from '../ports.ts';
import type { Preparation, ReadyToStart } from './preparation.ts';
import type { Files, Folders, WorkspaceKeeper } from '../workspace-ports.ts';

export type PreparingContext = {
  readonly clock: Clock;
  readonly files: Files;
  readonly folders: Folders;
  readonly keeper: WorkspaceKeeper;
  /** The shell that commands are written for. */
  readonly shell: Shell;
  /** A path of a plan as an absolute one. */
  readonly absolute: (baseDir: string, path: string) => string;
  /** True for a folder that somebody trusts, or that needs no trust. */
  readonly isTrusted: (folder: string) => boolean;
};

const templated = new WeakMap<InstanceSpec, boolean>();

/** True when something in a spec is to be filled in; looked for once per spec. */
const isTemplated = (spec: InstanceSpec): boolean => {
  const known = templated.get(spec);
  if (known !== undefined) return known;
  const found = JSON.stringify(spec).includes('{{');
  templated.set(spec, found);
  return found;
};

/** A spec that goes on with a session is told only how to go on. */
const goingOn = (spec: InstanceSpec, { course }: InstanceView): InstanceSpec => {
  const { resume, say, permissionMode } = course.next;
  const { before: _before, ...rest } = spec;
  const told = say.kind === 'prompt' ? spec : rest;
  return {
    ...told,
    ...(resume !== null && { session: { resume } }),
    ...(permissionMode !== undefined && { permissionMode }),
  };
};

type Made = Partial<Pick<ReadyToStart, 'workspace' | 'events'>> & { readonly round?: string };

const ready = (spec: InstanceSpec, view: InstanceView, made: Made = {}): ReadyToStart => {
  const { say } = view.course.next;
  const prompt = spec.prompt ?? spec.command ?? '';
  const { workspace = null, events = [], round = prompt } = made;
  const text = say.kind === 'text' ? say.text : say.kind === 'round' ? round : prompt;
  return { kind: 'ready', spec: goingOn(spec, view), prompt, text, workspace, events };
};

/** Paths that a template has filled in begin at the plan's folder, as written ones do. */
const withAbsolutePaths = (
  spec: InstanceSpec,
  baseDir: string,
  absolute: PreparingContext['absolute'],
): InstanceSpec => ({
  ...spec,
  workspace: absolute(baseDir, spec.workspace),
  addDirs: spec.addDirs.map((folder) => absolute(baseDir, folder)),
  ...(spec.workspaceSpec !== undefined && {
    workspaceSpec: { ...spec.workspaceSpec, path: absolute(baseDir, spec.workspaceSpec.path) },
  }),
});

/** Fills in the templates of a spec; `round` is what a further round of its loop is told. */
const fillIn = async (
  { files, shell, absolute }: PreparingContext,
  source: ScopeSource,
  view: InstanceView,
  spec: InstanceSpec,
): Promise<{ readonly spec: InstanceSpec; readonly round?: string }> => {
  const round = spec.loop?.prompt ?? '';
  const parts = scopeParts(source, JSON.stringify(spec), spec, view);
  const { baseDir } = source.plan;
  const written = renderTemplate(spec.workspaceSpec?.path ?? spec.workspace, buildScope(parts));
  const paths = [...filesOfSpec(spec), ...filesOfTemplate(round)];
  const scope = await scopeWithFiles(files, parts, paths, absolute(baseDir, written));
  const rendered = renderSpec(spec, scope, { shell, longValue: LONG_VALUE });
  const kept = await Promise.all(
    rendered.longValues.map(({ name, text }) => files.keepValue(view.id, name, text)),
  );
  const isRound = view.course.next.say.kind === 'round';
  return {
    spec: withAbsolutePaths(rendered.withFiles(kept), baseDir, absolute),
    ...(isRound && { round: renderPrompt(round, scope) }),
  };
};

const askForTrust = async (
  { folders, clock }: PreparingContext,
  folder: string,
): Promise<Extract<Preparation, { kind: 'held' }>> => {
  const runs = (await folders.whatItRuns(folder)).map(folderCodeText);
  const hold = { kind: 'trust', folder, runs, since: instantOf(clock.now()) } as const;
  return { kind: 'held', hold, reason: `Waits for somebody to trust the folder ${folder}.` };
};

/** The workspace that an instance has of its own, made or found. Only after trust: making a worktree runs the repository's hooks. */
const makeWorkspace = async (
  { keeper }: PreparingContext,
  view: InstanceView,
  spec: InstanceSpec,
  signal: AbortSignal,
): Promise<Made & { readonly spec: InstanceSpec }> => {
  if (spec.workspaceSpec === undefined) return { spec };
  const workspace = await keeper.prepare(view.id, view.name, spec.workspaceSpec, signal);
  const { path, branch, kind } = workspace;
  const isNew = view.course.workspace?.path !== path && kind !== 'folder';
  const reason = branch === null ? null : `branch ${branch}`;
  const body: EventBody = { type: 'workspace.changed', change: 'prepared', path, reason };
  return { spec: { ...spec, workspace: path }, workspace, events: isNew ? [body] : [] };
};

/** What makes attempts ready: their templates filled in, their folder trusted, their workspace made. */
export const createPreparing = (
  context: PreparingContext,
  source: ScopeSource,
): InstanceContext['prepare'] => {
  /** Workspaces that are no links: whether they are trusted can be told at once. */
  const real = new Set<string>();
  const inSteps = async (
    view: InstanceView,
    spec: InstanceSpec,
    signal: AbortSignal,
  ): Promise<Preparation> => {
    const isPlain = !isTemplated(spec) && view.course.next.say.kind !== 'round';
    const filled: Made & { readonly spec: InstanceSpec } = isPlain
      ? { spec }
      : await fillIn(context, source, view, spec);
    const folder = await context.folders.real(filled.spec.workspaceSpec?.path ?? filled.spec.workspace);
    if (folder === filled.spec.workspace) real.add(folder);
    if (!context.isTrusted(folder)) return askForTrust(context, folder);
    const made = await makeWorkspace(context, view, filled.spec, signal);
    return ready(made.spec, view, { ...filled, ...made });
  };
  const prepare: InstanceContext['prepare'] = (view, spec, signal) => {
    const { workspace, workspaceSpec } = spec;
    const isPlain =
      !isTemplated(spec) && workspaceSpec === undefined && view.course.next.say.kind !== 'round';
    return isPlain && real.has(workspace) && context.isTrusted(workspace)
      ? ready(spec, view)
      : inSteps(view, spec, signal);
  };
  return prepare;
};
