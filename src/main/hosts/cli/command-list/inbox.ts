import { Option } from 'commander';
import { z } from 'zod';
import { PERMISSION_MODES } from '../../../../shared/domain/plan/plan-words.ts';
import { ANSWER_WORDS } from '../answer-words.ts';
import { acting, formatOption, wholeNumber, type CommandSpec } from '../command-spec.ts';
import { dollarAmount } from '../option-readers.ts';

const flag = z.boolean().default(false);
const format = z.enum(['text', 'json']);
const workspaceOption = (text: string) => new Option('-w, --workspace <folder>', text);

const several = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  text,
];

const answerOptions = z.object({
  always: flag,
  instance: flag,
  rule: z.string().optional(),
  reason: z.string().optional(),
  choose: z.array(z.string()).readonly().optional(),
  mode: z.enum(PERMISSION_MODES).optional(),
  usd: z.number().optional(),
  tokens: z.int().optional(),
  format,
});

/** `netra inbox`, `netra answer` and `netra rules` */
export const inboxCommands: readonly CommandSpec[] = [
  {
    usage: 'inbox',
    summary: 'Show what waits for you: permissions, questions, plans, trust, budgets, sign-in',
    options: [
      formatOption(['text', 'json'], 'text: for people; json: one list (with --watch one a line)'),
      new Option('--watch', 'show what comes, until Ctrl-C'),
    ],
    examples: ['netra inbox', 'netra inbox --watch', 'netra inbox --format json'],
    act: acting(z.object({ format, watch: flag }), async (context, _args, options) =>
      (await import('../commands/inbox.ts')).showInbox(context, options),
    ),
  },
  {
    usage: 'answer <item> [answer]',
    summary: `Answer something in the inbox: ${ANSWER_WORDS.join(', ')}`,
    options: [
      new Option('--instance', 'allow: also what is like it, for this instance'),
      new Option('--always', 'allow: also what is like it, from now on in this workspace'),
      new Option('--rule <rule>', 'with --instance or --always: the rule to make instead of the one shown'),
      new Option('--reason <text>', 'deny: what Claude is told'),
      new Option(
        '--choose <answer>',
        'a label, its number or words of your own; once for each question',
      ).argParser(several),
      new Option('--mode <mode>', 'approve: the permission mode to go on in').choices([...PERMISSION_MODES]),
      new Option('--usd <dollars>', 'raise: the new limit').argParser(dollarAmount),
      new Option('--tokens <count>', 'raise: the new limit').argParser(wholeNumber(1, 1e15)),
      formatOption(['text', 'json'], 'text: a line; json: the item as it was, and the rule that was made'),
    ],
    examples: [
      'netra answer 4821 allow --always',
      'netra answer 4821 deny --reason "Use the staging server"',
      'netra answer "Fix the build" --choose 2 --choose "Blue, Green"',
    ],
    act: acting(answerOptions, async (context, [item = '', word], options) =>
      (await import('../commands/answer.ts')).answerItem(context, { item, word: word ?? null }, options),
    ),
  },
  {
    usage: 'rules',
    summary: 'Look at the permission rules of workspaces, make and remove them',
    subcommands: [
      {
        usage: 'list',
        summary: 'List them (this is what "netra rules" does)',
        isDefault: true,
        options: [
          workspaceOption('only those that hold in this folder'),
          formatOption(['text', 'json'], 'text: a table; json: the same as data'),
        ],
        act: acting(z.object({ workspace: z.string().optional(), format }), async (context, _args, options) =>
          (await import('../commands/rules.ts')).listRules(context, options),
        ),
      },
      {
        usage: 'add <rule>',
        summary: 'Make a rule that allows, or with --deny forbids, in a folder and below',
        options: [
          new Option('--deny', 'forbid instead of allowing'),
          workspaceOption('the folder (default: this one)'),
          formatOption(['text', 'json'], 'text: its id; json: the rule as data'),
        ],
        examples: [
          'netra rules add "Bash(git log:*)"',
          'netra rules add --deny "Read(~/.ssh/**)" --workspace /',
        ],
        act: acting(
          z.object({ deny: flag, workspace: z.string().default('.'), format }),
          async (context, [rule = ''], options) =>
            (await import('../commands/rules.ts')).addRule(context, rule, options),
        ),
      },
      {
        usage: 'remove <rule>',
        summary: 'Remove one by its id, the beginning of it, or its text',
        aliases: ['rm'],
        examples: ['netra rules remove "Bash(git log:*)"'],
        act: async (context, [text = '']) => (await import('../commands/rules.ts')).removeRule(context, text),
      },
    ],
  },
];
