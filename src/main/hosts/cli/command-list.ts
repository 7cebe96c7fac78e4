import { Option } from 'commander';
import { z } from 'zod';
import { orchestrationSortSchema } from '../../../shared/contract/search.ts';
import { orchestrationStateSchema } from '../../../shared/domain/orchestration-schema.ts';
import { budgetCommands } from './command-list/budget.ts';
import { slashCommands } from './command-list/commands.ts';
import { databaseCommands } from './command-list/db.ts';
import { trustCommands } from './command-list/trust.ts';
import { controlCommands } from './command-list/control.ts';
import { exportCommands } from './command-list/export.ts';
import { importCommands } from './command-list/import.ts';
import { markCommands } from './command-list/marks.ts';
import { planCommands } from './command-list/plan.ts';
import { runCommand, showFlags } from './command-list/run.ts';
import { inboxCommands } from './command-list/inbox.ts';
import { settingsCommands } from './command-list/settings.ts';
import { scheduleCommands } from './command-list/schedule.ts';
import { searchCommand, sessionOptions } from './command-list/search.ts';
import { usageCommands } from './command-list/usage.ts';
import { zenCommands } from './command-list/zen.ts';
import { acting, duration, formatOption, wholeNumber, type CommandSpec } from './command-spec.ts';
import { formats } from './formats.ts';

// What a command does is loaded when it is given, so that the others need not wait for it.

const flag = z.boolean().default(false);
const watchFormat = z.enum(formats);
const resultFormat = z.enum(['text', 'json']);

const showOptions = z.object({ format: watchFormat, detach: flag });

const running: readonly CommandSpec[] = [
  runCommand,
  {
    usage: 'demo',
    summary: 'Run the sample plan on real Claude Code against a built-in API: needs no account',
    options: showFlags,
    watches: true,
    act: acting(showOptions, async (context, _args, options) =>
      (await import('./commands/run.ts')).demo(context, options),
    ),
  },
  {
    usage: 'attach [id]',
    summary: 'Follow what runs; take it up when the engine that ran it is gone',
    options: [formatOption(formats, 'as for run')],
    watches: true,
    act: acting(z.object({ format: watchFormat }), async (context, [id], { format }) =>
      (await import('./commands/attach.ts')).attach(context, id ?? null, format),
    ),
  },
  {
    usage: 'ps',
    summary: 'Show what runs',
    options: [formatOption(['text', 'json'], 'text: tables; json: a list of reports')],
    act: acting(z.object({ format: resultFormat }), async (context, _args, { format }) =>
      (await import('./commands/ps.ts')).ps(context, format),
    ),
  },
  {
    usage: 'stop [id]',
    summary: 'Stop an orchestration or an instance, and wait until it has ended',
    options: [
      new Option('-a, --all', 'stop everything that runs'),
      new Option('--force', 'kill at once instead of asking first'),
    ],
    examples: ['netra stop 0198c0de-1f2a', 'netra stop "Fix the build"', 'netra stop --all'],
    act: acting(z.object({ all: flag, force: flag }), async (context, [id], options) =>
      (await import('./commands/stop.ts')).stop(context, id ?? null, options),
    ),
  },
  {
    usage: 'restart <instance>',
    summary: 'Run an instance again, also one that has ended',
    options: [formatOption(formats, 'as for run')],
    examples: ['netra restart "Fix the build/Write the tests"'],
    watches: true,
    act: acting(z.object({ format: watchFormat }), async (context, [instance = ''], { format }) =>
      (await import('./commands/attach.ts')).restart(context, instance, format),
    ),
  },
];

const reviewing: readonly CommandSpec[] = [
  {
    usage: 'sessions',
    summary: 'Look at what was run',
    subcommands: [
      {
        usage: 'list',
        summary: 'List orchestrations, newest first (this is what "netra sessions" does)',
        isDefault: true,
        options: [
          ...sessionOptions,
          new Option('--state <state>', 'in this state').choices(orchestrationStateSchema.options),
          new Option('-n, --limit <count>', 'at most so many').argParser(wholeNumber(1, 100_000)).default(20),
          formatOption(['text', 'json', 'ndjson'], 'text: a table; json: one list; ndjson: one a line'),
        ],
        act: acting(
          z.object({
            search: z.string().optional(),
            sort: orchestrationSortSchema.optional(),
            state: orchestrationStateSchema.optional(),
            limit: z.int(),
            format: watchFormat,
          }),
          async (context, _args, options) =>
            (await import('./commands/sessions.ts')).listSessions(context, options),
        ),
      },
      {
        usage: 'show <id>',
        summary: 'Show an orchestration, or an instance with its whole result',
        options: [
          formatOption(formats, 'text: the report; json: the same as data; ndjson: all its events'),
          new Option('--event <number>', 'only this event of an instance').argParser(wholeNumber(0, 1e9)),
        ],
        examples: ['netra sessions show 0198c0de-1f2a --format ndjson', 'netra sessions show nightly/review'],
        act: acting(
          z.object({ format: watchFormat, event: z.int().optional() }),
          async (context, [id = ''], { format, event }) => {
            const { showEvent, showSession } = await import('./commands/sessions.ts');
            return event === undefined
              ? showSession(context, id, format)
              : showEvent(context, id, event, format);
          },
        ),
      },
    ],
  },
  {
    usage: 'serve',
    summary: 'Serve the console to a browser on this machine, until Ctrl-C',
    options: [
      new Option('-p, --port <port>', 'the port; 0 for any free one')
        .argParser(wholeNumber(0, 65_535))
        .default(0),
      new Option('-o, --open', 'open the browser'),
    ],
    act: acting(z.object({ port: z.int(), open: flag }), async (context, _args, options) =>
      (await import('./commands/serve.ts')).serve(context, options),
    ),
  },
];

const checking: readonly CommandSpec[] = [
  {
    usage: 'doctor',
    summary: 'Look whether this machine can run Claude Code, and say what to do',
    options: [formatOption(['text', 'json'], 'text: a list; json: the same as data')],
    act: acting(z.object({ format: resultFormat }), async (context, _args, { format }) =>
      (await import('./commands/doctor.ts')).doctor(context, format),
    ),
  },
  ...databaseCommands,
  ...planCommands,
  ...zenCommands,
  {
    usage: 'engine',
    summary: 'The engine that --detach starts in the background',
    hidden: true,
    options: [
      new Option('--idle <duration>', 'end when there was nothing to do for so long')
        .argParser(duration)
        .default(30_000),
    ],
    act: acting(z.object({ idle: z.int() }), async (context, _args, { idle }) =>
      (await import('./commands/engine.ts')).engine(context, idle),
    ),
  },
];

/** Every command of `netra`, in the order of the help. */
export const commandList: readonly CommandSpec[] = [
  ...running,
  ...controlCommands,
  ...inboxCommands,
  ...scheduleCommands,
  searchCommand,
  ...reviewing,
  ...markCommands,
  ...usageCommands,
  ...exportCommands,
  ...importCommands,
  ...slashCommands,
  ...budgetCommands,
  ...trustCommands,
  ...settingsCommands,
  ...checking,
];
