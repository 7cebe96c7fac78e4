import { filesOf } from '../expression/expression.ts';
import { failureError } from '../failure.ts';
import type { InstanceSpec, JsonValue, WorkspaceSpec } from './plan-spec.ts';
import type { Scope } from '../expression/scope.ts';
import { renderShell, type Shell } from '../expression/shell-template.ts';
import {
  fillTemplate,
  filesOfTemplate,
  hasTemplate,
  renderTemplate,
  textOfValue,
} from '../expression/template.ts';

/** A value that is too long for a prompt, to be kept in a file of this name. */
export type LongValue = { readonly name: string; readonly text: string };

/** A spec whose templates can be filled in; the long values must be in files first. */
export type RenderedSpec = {
  readonly longValues: readonly LongValue[];
  /**
   * The spec to run with. Takes the absolute paths of the files, in the order of `longValues`; prompts name them, and
   * their folders are among `addDirs`, so that Claude may read them.
   */
  withFiles(paths: readonly string[]): InstanceSpec;
};

export type RenderOptions = {
  readonly shell: Shell;
  /** A value of a prompt longer than this goes by file, in characters. */
  readonly longValue: number;
};

/** Values of this length and more go by file unless said otherwise, in characters. */
export const LONG_VALUE = 32_768;

/** A text that goes where nothing but a name or path can: not empty, no option, no zero byte. */
const renderWord = (text: string, scope: Scope, what: string): string => {
  if (!hasTemplate(text)) return text;
  const word = renderTemplate(text, scope).trim();
  if (word !== '' && !word.startsWith('-') && !word.includes('\0')) return word;
  throw failureError(
    'expression.failed',
    `The ${what} comes to ${JSON.stringify(word.slice(0, 80))}, which is no ${what}: it may not be empty or begin with a dash.`,
  );
};

const renderModel = (text: string, scope: Scope): string => {
  const model = renderWord(text, scope, 'model');
  if (!/\s/.test(model)) return model;
  throw failureError(
    'expression.failed',
    `The model comes to ${JSON.stringify(model.slice(0, 80))}, which is no name of a model.`,
  );
};

const renderEnv = (env: InstanceSpec['env'], scope: Scope): InstanceSpec['env'] =>
  Object.fromEntries(
    Object.entries(env).map(([name, text]) => {
      const value = renderTemplate(text, scope);
      if (!value.includes('\0')) return [name, value];
      throw failureError('expression.failed', `The value of ${name} in env has a zero byte in it.`);
    }),
  );

const renderWorkspace = (spec: WorkspaceSpec, scope: Scope, shell: Shell): WorkspaceSpec => ({
  ...spec,
  path: renderWord(spec.path, scope, 'workspace'),
  base: spec.base === null ? null : renderWord(spec.base, scope, 'base'),
  setup: spec.setup.map((command) => renderShell(command, scope, shell)),
});

type Show = (value: JsonValue) => string;

/**
 * A prompt with its templates filled in, `show` for the values in them. One that only becomes a slash command by what was
 * put into it would let data give orders. Throws FailureError `expression.invalid`, `expression.failed`.
 */
export const renderPrompt = (text: string, scope: Scope, show: Show = textOfValue): string => {
  const prompt = fillTemplate(text, scope, show);
  const isOrderOfData = prompt.trimStart().startsWith('/') && !text.trimStart().startsWith('/');
  if (!isOrderOfData && prompt.trim() !== '') return prompt;
  throw failureError(
    'expression.failed',
    isOrderOfData
      ? `The prompt would begin with ${JSON.stringify(prompt.trimStart().slice(0, 40))}, a slash command that comes from data. Begin it with words of your own.`
      : 'The prompt comes to nothing: all that was put into it is empty.',
  );
};

/** The spec's prompts, with `show` for the values in them. */
const renderPrompts = (spec: InstanceSpec, scope: Scope, show: Show): Partial<InstanceSpec> => ({
  ...(spec.prompt === undefined ? {} : { prompt: renderPrompt(spec.prompt, scope, show) }),
  ...(spec.command === undefined ? {} : { command: fillTemplate(spec.command, scope, show) }),
  ...(spec.appendSystemPrompt === undefined
    ? {}
    : { appendSystemPrompt: fillTemplate(spec.appendSystemPrompt, scope, show) }),
  ...(spec.before === undefined
    ? {}
    : { before: spec.before.map((text) => fillTemplate(text, scope, show)) }),
});

const renderRest = (spec: InstanceSpec, scope: Scope, shell: Shell): InstanceSpec => ({
  ...spec,
  workspace: renderWord(spec.workspace, scope, 'workspace'),
  ...(spec.workspaceSpec === undefined
    ? {}
    : { workspaceSpec: renderWorkspace(spec.workspaceSpec, scope, shell) }),
  ...(spec.model === undefined ? {} : { model: renderModel(spec.model, scope) }),
  ...(spec.fallbackModel === undefined ? {} : { fallbackModel: renderModel(spec.fallbackModel, scope) }),
  addDirs: spec.addDirs.map((path) => renderWord(path, scope, 'folder')),
  env: renderEnv(spec.env, scope),
});

const folderOf = (path: string): string =>
  path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'), 1));

const isJson = (value: JsonValue): boolean => typeof value !== 'string';

/**
 * Fills in what an instance starts with: prompt, command, appendSystemPrompt, before, workspace and its setup, addDirs,
 * env, models. The check's command and the loop's prompt are filled in when they are needed (`renderShell`,
 * `renderPrompt`), since they speak of what the instance did. Throws FailureError `expression.invalid`,
 * `expression.failed`.
 */
export const renderSpec = (spec: InstanceSpec, scope: Scope, options: RenderOptions): RenderedSpec => {
  const places = new Map<string, number>();
  const longValues: LongValue[] = [];
  const collect = (value: JsonValue): string => {
    const text = textOfValue(value);
    if (text.length <= options.longValue) return text;
    if (!places.has(text)) {
      places.set(text, longValues.length);
      longValues.push({
        name: `value-${String(longValues.length + 1)}.${isJson(value) ? 'json' : 'txt'}`,
        text,
      });
    }
    return '(see the file)';
  };
  const rest = renderRest(spec, scope, options.shell);
  const prompts = renderPrompts(spec, scope, collect);
  return {
    longValues,
    withFiles(paths) {
      if (longValues.length === 0) return { ...rest, ...prompts };
      const show = (value: JsonValue): string => {
        const text = textOfValue(value);
        const place = places.get(text);
        return place === undefined ? text : `(see the file ${paths[place] ?? ''})`;
      };
      const addDirs = [...new Set([...rest.addDirs, ...paths.map(folderOf)])];
      return { ...rest, ...renderPrompts(spec, scope, show), addDirs };
    },
  };
};

const union = (lists: readonly (readonly string[])[]): readonly string[] => [...new Set(lists.flat())];

/** The files that `renderSpec` reads: those that the texts an instance starts with name. */
export const filesOfSpec = (spec: InstanceSpec): readonly string[] => {
  const { prompt = '', command = '', appendSystemPrompt = '', before = [], workspaceSpec } = spec;
  const workspaceTexts =
    workspaceSpec === undefined ? [] : [workspaceSpec.path, workspaceSpec.base ?? '', ...workspaceSpec.setup];
  const texts = [prompt, command, appendSystemPrompt, ...before, spec.workspace, ...workspaceTexts];
  const words = [spec.model ?? '', spec.fallbackModel ?? '', ...spec.addDirs, ...Object.values(spec.env)];
  return union([...texts, ...words].map(filesOfTemplate));
};

/** The files that the check and the loop's prompt of a spec name: to be read when the check is made. */
export const filesOfCheck = ({ check, loop }: InstanceSpec): readonly string[] => {
  const ofCheck = check?.kind === 'condition' ? filesOf(check.when) : filesOfTemplate(check?.command ?? '');
  return union([ofCheck, filesOfTemplate(loop?.prompt ?? '')]);
};
