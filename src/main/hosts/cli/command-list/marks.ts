import { Option } from 'commander';
import { z } from 'zod';
import { acting, formatOption, type CommandSpec } from '../command-spec.ts';

const flag = z.boolean().default(false);
const format = z.enum(['text', 'json']);
const viewFormat = formatOption(['text', 'json'], 'text: a line; json: the orchestration as data');
/** As they are typed: one may have a comma in it, which is known when those that there are are. */
const asTyped = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  text,
];

/** `netra rename`, `label`, `labels`, `note`, `pin`, `unpin`, `delete` and `restore` */
export const markCommands: readonly CommandSpec[] = [
  {
    usage: 'rename <orchestration> <name>',
    summary: 'Give an orchestration another name',
    options: [viewFormat],
    examples: ['netra rename 0198c0de-1f2a "The big clean-up"'],
    act: acting(z.object({ format }), async (context, [target = '', name = ''], options) =>
      (await import('../commands/marks.ts')).rename(context, target, { name, ...options }),
    ),
  },
  {
    usage: 'label <orchestration> [labels...]',
    summary: 'Put labels on an orchestration, or take them away',
    options: [
      new Option('-r, --remove <labels>', 'take these away, with commas between them; repeatable').argParser(
        asTyped,
      ),
      new Option('--clear', 'take all others away'),
      viewFormat,
    ],
    examples: ['netra label nightly urgent "to review"', 'netra label nightly --remove urgent'],
    act: acting(
      z.object({ remove: z.array(z.string()).readonly().default([]), clear: flag, format }),
      async (context, [target = '', ...labels], options) =>
        (await import('../commands/marks.ts')).label(context, target, { labels, ...options }),
    ),
  },
  {
    usage: 'labels',
    summary: 'List the labels that there are',
    options: [formatOption(['text', 'json'], 'text: a table; json: a list')],
    act: acting(z.object({ format }), async (context, _args, options) =>
      (await import('../commands/marks.ts')).listLabels(context, options.format),
    ),
  },
  {
    usage: 'note <orchestration> [text]',
    summary: 'Write a note on an orchestration, or show the one that is there',
    options: [new Option('--clear', 'take it away'), viewFormat],
    examples: ['netra note nightly "Compare with last week."', 'git log -1 | netra note nightly -'],
    act: acting(z.object({ clear: flag, format }), async (context, [target = '', text], options) =>
      (await import('../commands/marks.ts')).note(context, target, { text: text ?? null, ...options }),
    ),
  },
  ...(['pin', 'unpin'] as const).map((usage): CommandSpec => ({
    usage: `${usage} <orchestration>`,
    summary:
      usage === 'pin'
        ? 'Keep an orchestration for ever, whatever retention says'
        : 'Leave an orchestration to retention again',
    options: [viewFormat],
    act: acting(z.object({ format }), async (context, [target = ''], options) =>
      (await import('../commands/marks.ts')).pin(context, target, {
        pinned: usage === 'pin',
        ...options,
      }),
    ),
  })),
  {
    usage: 'delete <orchestrations...>',
    summary: 'Delete orchestrations that have ended; "netra restore" takes it back',
    options: [formatOption(['text', 'json'], 'text: what was deleted; json: the ids')],
    examples: ['netra delete 0198c0de-1f2a', 'netra delete nightly "Fix the build"'],
    act: acting(z.object({ format }), async (context, targets, options) =>
      (await import('../commands/marks.ts')).remove(context, targets, options.format),
    ),
  },
  {
    usage: 'restore <orchestrations...>',
    summary: 'Have deleted orchestrations back, as long as retention has not taken them away',
    options: [formatOption(['text', 'json'], 'text: what was restored; json: the ids')],
    examples: ['netra sessions --search is:deleted', 'netra restore 0198c0de-1f2a'],
    act: acting(z.object({ format }), async (context, targets, options) =>
      (await import('../commands/marks.ts')).restore(context, targets, options.format),
    ),
  },
];
