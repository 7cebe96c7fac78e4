import { Option } from 'commander';
import { PERMISSION_MODES } from '../../../../shared/domain/plan/plan-words.ts';
import { acting, duration, wholeNumber, type CommandSpec } from '../command-spec.ts';
import { editOptionsSchema, unsettable } from '../edit-options.ts';
import { dollarAmount, listOf } from '../option-readers.ts';

/** What a person does to work in hand. */
export const controlCommands: readonly CommandSpec[] = [
  {
    usage: 'pause <target>',
    summary: 'Hold an orchestration or an instance up; what runs is interrupted and keeps its session',
    examples: ['netra pause "Fix the build"', 'netra pause "Fix the build/Write the tests"'],
    act: async (context, [target = '']) => (await import('../commands/control.ts')).pause(context, target),
  },
  {
    usage: 'resume <target>',
    summary: 'Let a paused orchestration or instance go on, in the same session',
    act: async (context, [target = '']) => (await import('../commands/control.ts')).resume(context, target),
  },
  {
    usage: 'skip <instance>',
    summary: 'Do not run an instance: it ends as skipped; one that runs is stopped first',
    act: async (context, [target = '']) => (await import('../commands/control.ts')).skip(context, target),
  },
  {
    usage: 'scale <target> <count>',
    summary: 'Set how many instances run at the same time, in all or of a fan-out (ORCHESTRATION/FAN-OUT)',
    examples: ['netra scale "Fix the build" 8', 'netra scale "Fix the build/work" 2'],
    act: async (context, [target = '', count = '']) =>
      (await import('../commands/control.ts')).scale(context, target, count),
  },
  {
    usage: 'send <instance> [text]',
    summary: 'Give a running instance a further message; - or nothing reads it from stdin',
    examples: ['netra send "Write the tests" "Leave the old ones as they are."'],
    act: async (context, [target = '', message = '-']) =>
      (await import('../commands/control.ts')).send(context, target, message),
  },
  {
    usage: 'edit <instance>',
    summary:
      'Change what a waiting instance will run with, or the model and permission mode of a running one',
    options: [
      new Option('-p, --prompt <text>', 'another prompt; - reads it from stdin').conflicts('command'),
      new Option('--command <text>', 'a slash command in its place'),
      new Option('--model <model>', 'the model; also while it runs'),
      new Option('--permission-mode <mode>', 'what Claude may do without asking; also while it runs').choices(
        [...PERMISSION_MODES],
      ),
      new Option('--allowed-tools <tools>', 'tools that need no permission').argParser(listOf),
      new Option('--disallowed-tools <tools>', 'tools that are never used').argParser(listOf),
      new Option('--append-system-prompt <text>', "text at the end of Claude Code's system prompt"),
      new Option('--max-turns <count>', 'ends it after so many turns').argParser(wholeNumber(1, 100_000)),
      new Option('--max-budget <dollars>', 'ends it when it has cost so much').argParser(dollarAmount),
      new Option('--timeout <duration>', 'stops it when it has run so long').argParser(duration),
      new Option('--idle-timeout <duration>', 'ends it when it hangs so long').argParser(duration),
      new Option('--unset <keys>', `takes these away: ${Object.keys(unsettable).join(', ')}`).argParser(
        listOf,
      ),
    ],
    examples: [
      'netra edit "Fix the build/Write the tests" --model opus',
      'netra edit "Fix the build/Report" -p "Three lines are enough." --unset timeout',
    ],
    act: acting(editOptionsSchema, async (context, [target = ''], options) =>
      (await import('../commands/control.ts')).edit(context, target, options),
    ),
  },
];
