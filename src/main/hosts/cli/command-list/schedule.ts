import { z } from 'zod';
import { acting, formatOption, type CommandSpec } from '../command-spec.ts';

const options = z.object({ format: z.enum(['text', 'json']) });

/** `netra schedule` and `netra daemon` */
export const scheduleCommands: readonly CommandSpec[] = [
  {
    usage: 'schedule',
    summary: 'Plans that are started by themselves',
    subcommands: [
      {
        usage: 'list',
        summary: 'List them, what is due first comes first (this is what "netra schedule" does)',
        isDefault: true,
        options: [formatOption(['text', 'json'], 'text: a table; json: the same as data')],
        act: acting(options, async (context, _args, { format }) =>
          (await import('../commands/schedule.ts')).listSchedules(context, format),
        ),
      },
      {
        usage: 'add <plan>',
        summary: 'Add a plan that has a schedule (as "netra run" does with such a plan)',
        options: [formatOption(['text', 'json'], 'text: the id; json: the schedule as data')],
        examples: ['netra schedule add nightly.yaml'],
        act: acting(options, async (context, [plan = '-'], { format }) =>
          (await import('../commands/schedule.ts')).addPlanFile(context, plan, format),
        ),
      },
      {
        usage: 'remove <schedule>',
        summary: 'Remove one by its id, the beginning of it, or its name; what it started goes on',
        aliases: ['rm'],
        examples: ['netra schedule remove "Nightly review"'],
        act: async (context, [text = '']) =>
          (await import('../commands/schedule.ts')).removeSchedule(context, text),
      },
    ],
  },
  {
    usage: 'daemon',
    summary: 'An engine in the background that stays, for schedules',
    subcommands: [
      {
        usage: 'start',
        summary: 'Start it, unless it runs',
        act: async (context) => (await import('../commands/daemon.ts')).startDaemon(context),
      },
      {
        usage: 'stop',
        summary: 'End it; what it runs goes on in a background engine until it is done',
        act: async (context) => (await import('../commands/daemon.ts')).stopDaemon(context),
      },
      {
        usage: 'status',
        summary: 'Say whether it runs, and what it will start (exit code 1: it does not)',
        act: async (context) => (await import('../commands/daemon.ts')).daemonStatus(context),
      },
      {
        usage: 'run',
        summary: 'Be it, in the foreground, until Ctrl-C (for systemd, launchd and the like)',
        act: async (context) => (await import('../commands/daemon.ts')).runDaemon(context),
      },
    ],
  },
];
