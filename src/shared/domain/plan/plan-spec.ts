import type { BudgetSpec } from '../budget.ts';
import type { FailureClass } from '../failure-class.ts';
import type { InstanceMode, OutputFormat, PermissionMode } from './plan-words.ts';

/** A value as JSON has it: what inputs, items of a fan-out and structured results are. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A mapping that may be written in a plan where also the path of a JSON file may stand. */
export type InlineObject = { readonly [key: string]: JsonValue };

/** Which Claude session an instance starts under an id of its own, or goes on with. */
export type SessionChoice = { readonly new: string } | { readonly resume: string };

/**
 * What is needed of a dependency: `succeeded`; `finished`, that it ran to its end, failed or not; `any`, that it has
 * ended in whatever way, also skipped or stopped.
 */
export type Need = 'succeeded' | 'finished' | 'any';

export type Dependency =
  | {
      readonly kind: 'instance';
      /** The name of an instance or of a fan-out. */
      readonly name: string;
      readonly need: Need;
      /** Of a fan-out: how many of its instances must meet the need. */
      readonly join: 'all' | number;
    }
  | {
      readonly kind: 'orchestration';
      /** A name, or an id. */
      readonly orchestration: string;
      /** `latest`: the run that is there; `next`: one that starts after this one did. */
      readonly run: 'latest' | 'next';
      readonly need: Need;
    };

/** How often and when an instance is tried again. Waits double (`factor`) from `backoffMs` up to `maxBackoffMs`. */
export type RetryPolicy = {
  /** Tries in all, the first among them. */
  readonly attempts: number;
  readonly backoffMs: number;
  readonly factor: number;
  readonly maxBackoffMs: number;
  /** The share of a wait that chance may take away, 0 to 1, so that many do not come back at once. */
  readonly jitter: number;
  readonly on: readonly FailureClass[];
};

/** What decides whether a result counts. A command counts when it exits with 0, a condition when it is true. */
export type CheckSpec =
  | { readonly kind: 'command'; readonly command: string; readonly timeoutMs: number }
  | { readonly kind: 'condition'; readonly when: string };

/** Again, with what the check said, until it passes. `rounds` counts the first one. */
export type LoopSpec = { readonly rounds: number; readonly prompt: string };

/** What a fan-out runs over. `list` and `matrix` are known beforehand, the others when it starts. */
export type FanOutSource =
  | { readonly kind: 'list'; readonly items: readonly JsonValue[] }
  /** An expression that gives a list. */
  | { readonly kind: 'expression'; readonly expression: string }
  /** Files that match, as paths relative to the workspace, sorted. */
  | { readonly kind: 'glob'; readonly pattern: string }
  | { readonly kind: 'matrix'; readonly axes: Readonly<Record<string, readonly JsonValue[]>> };

export type FanOut = {
  readonly source: FanOutSource;
  /** The name of an item in templates and conditions: `item` unless said; `matrix` for a matrix. */
  readonly as: string;
  /** More items than this are an error. */
  readonly max: number;
  /** How many of its instances run at the same time; null: as many as the orchestration may. */
  readonly concurrency: number | null;
};

/** Where an instance works. `keep` says when the worktree or copy stays: never with unsaved work is one removed. */
export type WorkspaceSpec = {
  readonly kind: 'folder' | 'worktree' | 'copy';
  /** The folder, or what the worktree or copy is made of. */
  readonly path: string;
  /** The branch, tag or commit that a worktree starts at; null: HEAD. */
  readonly base: string | null;
  readonly keep: 'always' | 'on_failure' | 'never';
  /** Shell commands, run in the workspace before the first attempt. */
  readonly setup: readonly string[];
};

/** What answers a permission prompt in advance. Rules are as in `allowedTools`: `Read`, `Bash(git log:*)`. Deny wins. */
export type PermissionPolicy = {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** What becomes of a prompt that nobody answered for so long. `stop` stops the instance. */
  readonly afterWaitMs: number;
  readonly afterWait: 'allow' | 'deny' | 'stop';
};

/**
 * What one instance runs with: the plan's defaults applied. Exactly one of `prompt` and `command` is there.
 * Times are milliseconds, money is millionths of a US dollar, paths are absolute once the plan is read for a run.
 * Texts that may hold templates (`{{ … }}`): prompt, command, appendSystemPrompt, workspace, addDirs, env, model, the
 * check's command, the loop's prompt; they are filled in when the instance starts.
 */
export type InstanceSpec = {
  readonly name: string;
  readonly prompt?: string;
  readonly command?: string;
  readonly workspace: string;
  /** How `workspace` is come by. Absent: the folder itself, without setup. */
  readonly workspaceSpec?: WorkspaceSpec;
  readonly model?: string;
  readonly fallbackModel?: string;
  readonly permissionMode?: PermissionMode;
  readonly permissions?: PermissionPolicy;
  readonly allowedTools: readonly string[];
  readonly disallowedTools: readonly string[];
  readonly appendSystemPrompt?: string;
  readonly addDirs: readonly string[];
  readonly mcpConfig?: string | InlineObject;
  readonly settings?: string | InlineObject;
  readonly maxTurns?: number;
  readonly maxBudgetMicroUsd?: number;
  readonly budget?: BudgetSpec;
  readonly timeoutMs?: number;
  /** Ends an attempt that printed nothing for so long while no tool was running. */
  readonly idleTimeoutMs?: number;
  readonly env: Readonly<Record<string, string>>;
  readonly session?: SessionChoice;
  readonly mode: InstanceMode;
  readonly outputFormat: OutputFormat;
  /** The JSON Schema that the result must fit. */
  readonly resultSchema?: InlineObject;
  readonly dependsOn?: readonly Dependency[];
  /** A CEL expression; when it is false, the instance is skipped. */
  readonly when?: string;
  readonly fanOut?: FanOut;
  readonly retry?: RetryPolicy;
  /** What is tried when all attempts failed, in order: whole specs under the same name. */
  readonly alternatives?: readonly InstanceSpec[];
  readonly check?: CheckSpec;
  readonly loop?: LoopSpec;
  /** Runs only as the fallback of another one. */
  readonly standby?: boolean;
  /** Zen's way of clearing or compacting first: slash commands sent before the prompt, each a turn of its own. */
  readonly before?: readonly string[];
};

/** When a plan runs: once (`at`, an ISO time), every so often, or by cron. Cron's times are of `timeZone` (IANA). */
export type ScheduleSpec = {
  readonly when:
    | { readonly kind: 'once'; readonly at: string }
    | { readonly kind: 'every'; readonly everyMs: number }
    | { readonly kind: 'cron'; readonly cron: string };
  readonly timeZone: string;
  /** What becomes of a start whose time went by while nothing ran: one run for all that were missed, or none. */
  readonly missed: 'run' | 'skip';
};

/** A plan that can be run; `instances` are in the order in which they start. */
export type ResolvedPlan = {
  readonly name: string;
  readonly description?: string;
  readonly workspace: string;
  /** The folder that relative paths start from; empty: the host's own choice. */
  readonly baseDir: string;
  readonly concurrency: number;
  readonly startupDelayMs: number;
  /** The values of the plan's inputs. */
  readonly inputs?: Readonly<Record<string, JsonValue>>;
  readonly schedule?: ScheduleSpec;
  readonly timeoutMs?: number;
  readonly budget?: BudgetSpec;
  /** By the first word of a slash command, or the whole prompt: `/review`. */
  readonly commandBudgets?: Readonly<Record<string, BudgetSpec>>;
  readonly instances: readonly InstanceSpec[];
};
