import { Option } from 'commander';
import { z } from 'zod';
import { acting, formatOption, type CommandSpec } from '../command-spec.ts';

const workspaceOption = new Option(
  '-w, --workspace <folder>',
  'the folder whose templates are meant',
).default('.', 'this one');
const place = z.object({ workspace: z.string() });
const shown = place.extend({ format: z.enum(['text', 'json']) });

/** `netra plan` */
export const planCommands: readonly CommandSpec[] = [
  {
    usage: 'plan',
    summary: 'Check plans, and keep those that are run by name',
    subcommands: [
      {
        usage: 'check <file...>',
        summary: 'Say what is wrong with plans, by line and column',
        act: async (context, files) => (await import('../commands/plan.ts')).checkPlans(context, files),
      },
      {
        usage: 'list',
        summary: 'List the templates: plans that `netra run NAME` finds by their name',
        options: [
          workspaceOption,
          formatOption(['text', 'json'], 'text: a line for each; json: the same as data'),
        ],
        act: acting(shown, async (context, _args, { workspace, format }) =>
          (await import('../commands/templates.ts')).listPlans(context, workspace, format),
        ),
      },
      {
        usage: 'show <name>',
        summary: 'Show a template: its file, what it takes, its text',
        options: [
          workspaceOption,
          formatOption(['text', 'json'], 'text: for people; json: the same as data'),
        ],
        act: acting(shown, async (context, [name = ''], { workspace, format }) =>
          (await import('../commands/templates.ts')).showPlan(context, name, workspace, format),
        ),
      },
      {
        usage: 'new <name>',
        summary: 'Write a template to begin with, and print its path',
        options: [
          new Option('-w, --workspace <folder>', "into this folder's .netra/plans").default('.', 'this one'),
          new Option('--user', 'for all folders: into the data directory'),
          new Option('--from <template>', 'a copy of another template'),
          new Option('--from-run <id>', 'the plan of an earlier run').conflicts('from'),
          new Option('--force', 'in the place of one that is there'),
        ],
        examples: [
          'netra plan new nightly-checks',
          'netra plan new my-review --from review',
          'netra plan new again --from-run "Fix the build"',
        ],
        act: acting(
          place.extend({
            user: z.boolean().default(false),
            force: z.boolean().default(false),
            from: z.string().optional(),
            fromRun: z.string().optional(),
          }),
          async (context, [name = ''], options) =>
            (await import('../commands/templates.ts')).newPlan(context, name, options),
        ),
      },
      {
        usage: 'schema',
        summary: 'Print the JSON Schema of plans, for editors',
        act: async (context) => (await import('../commands/plan.ts')).printSchema(context),
      },
    ],
  },
];
