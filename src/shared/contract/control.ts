import { type } from '@orpc/contract';
import { z } from 'zod';
import { instanceIdSchema, orchestrationIdSchema } from '../domain/ids.ts';
import type { InstanceView } from '../domain/instance.ts';
import type { OrchestrationView } from '../domain/orchestration.ts';
import { PERMISSION_MODES } from '../domain/plan/plan-words.ts';
import { base } from './base.ts';

const byOrchestration = z.object({ id: orchestrationIdSchema });
const byInstance = z.object({ id: instanceIdSchema });

const text = z.string().max(1_048_576).regex(/\S/);
const model = z.string().regex(/^[^\s-]\S*$/);
const permissionMode = z.enum(PERMISSION_MODES);
const toolRules = z.array(z.string().regex(/^[^\s-]/)).readonly();

/** What may be changed of an instance that runs. */
const configurationSchema = z.strictObject({
  model: model.exactOptional(),
  permissionMode: permissionMode.exactOptional(),
});
export type InstanceConfiguration = Readonly<z.infer<typeof configurationSchema>>;

/**
 * What may be changed of an instance that has not started; what is not named stays. `prompt` takes the place of a command
 * and `command` that of a prompt; null takes a key away. Money is millionths of a US dollar, times are milliseconds.
 */
const changesSchema = z.strictObject({
  prompt: text.exactOptional(),
  command: z.string().max(1_048_576).regex(/^\/\S/).exactOptional(),
  model: model.nullable().exactOptional(),
  permissionMode: permissionMode.nullable().exactOptional(),
  allowedTools: toolRules.exactOptional(),
  disallowedTools: toolRules.exactOptional(),
  appendSystemPrompt: text.nullable().exactOptional(),
  maxTurns: z.int().min(1).max(100_000).nullable().exactOptional(),
  maxBudgetMicroUsd: z.int().min(1).nullable().exactOptional(),
  timeoutMs: z.int().min(1).nullable().exactOptional(),
  idleTimeoutMs: z.int().min(1).nullable().exactOptional(),
});
export type InstanceChanges = Readonly<z.infer<typeof changesSchema>>;

const says = (value: object): boolean => Object.keys(value).length > 0;

/**
 * Control of an orchestration while it runs. Each answers the view as it is then; asked twice it changes nothing the second
 * time. What has ended stays as it is.
 */
export const orchestrationControls = {
  /** Nothing of it starts any more; what runs is interrupted and keeps its session. */
  pause: base.input(byOrchestration).output(type<OrchestrationView>()),
  /** Goes on where `pause` stopped it, also what was paused by itself. */
  resume: base.input(byOrchestration).output(type<OrchestrationView>()),
  /** How many run at the same time: in all, or with `group` of a fan-out. Fewer lets the running ones end. */
  scale: base
    .input(
      byOrchestration.extend({
        concurrency: z.int().min(1).max(1000),
        group: z.string().min(1).max(200).nullable(),
      }),
    )
    .output(type<OrchestrationView>()),
};

/** The same for one instance. */
export const instanceControls = {
  pause: base.input(byInstance).output(type<InstanceView>()),
  resume: base.input(byInstance).output(type<InstanceView>()),
  /** Does not run it: it ends as `skipped`; a running one is stopped first. What depends on it goes on as after a skip. */
  skip: base.input(byInstance).output(type<InstanceView>()),
  /** Gives a running instance of mode `live` a further message. `instance.not_live` where it cannot take one. */
  send: base.input(byInstance.extend({ text })).output(type<InstanceView>()),
  /** Changes the model or the permission mode of one that runs; one that waits gets it as `edit` does. */
  configure: base
    .input(
      byInstance
        .extend({ change: configurationSchema })
        .refine(({ change }) => says(change), 'It must change something.'),
    )
    .output(type<InstanceView>()),
  /** Changes what an instance will run with. `instance.started` when it has started. */
  edit: base
    .input(
      byInstance
        .extend({ changes: changesSchema })
        .refine(({ changes }) => says(changes), 'It must change something.')
        .refine(
          ({ changes }) => changes.prompt === undefined || changes.command === undefined,
          'Either a prompt or a command.',
        ),
    )
    .output(type<InstanceView>()),
};
