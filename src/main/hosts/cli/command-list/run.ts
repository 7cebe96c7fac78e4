import { Option } from 'commander';
import { ON_EXCEED } from '../../../../shared/domain/budget.ts';
import { PERMISSION_MODES } from '../../../../shared/domain/plan/plan-words.ts';
import { acting, duration, formatOption, wholeNumber, type CommandSpec } from '../command-spec.ts';
import { formats } from '../formats.ts';
import { dollarAmount, listOf, pairOf } from '../option-readers.ts';
import { runOptionsSchema } from '../run-options.ts';

/** Flags of a plan, for one in a file too. Their values are checked with the plan. */
const planFlags = [
  new Option('--name <name>', 'what the orchestration is called'),
  new Option('-w, --workspace <folder>', 'the folder to work in'),
  new Option('-i, --input <name=value>', 'a value for an input of the plan; repeatable').argParser(pairOf),
  new Option('--concurrency <count>', 'how many run at the same time').argParser(wholeNumber(1, 1000)),
  new Option('--budget <dollars>', 'what all may cost together').argParser(dollarAmount),
  new Option('--budget-tokens <count>', 'how many tokens all may use together').argParser(
    wholeNumber(1, Number.MAX_SAFE_INTEGER),
  ),
  new Option('--on-exceed <what>', 'what becomes of the work when the budget is used up').choices([
    ...ON_EXCEED,
  ]),
  new Option('--timeout <duration>', 'how long all may take together, such as 30m'),
  new Option('--start-at <time>', 'start it later: 2am, 14:30, 30m (from now), an ISO time'),
  new Option('--every <duration>', 'start it again and again').conflicts(['startAt', 'cron']),
  new Option('--cron <times>', 'start it by cron, such as "0 2 * * 1-5"').conflicts(['startAt', 'every']),
  new Option('--time-zone <zone>', 'of --start-at, --cron and the schedule, such as Europe/Berlin'),
  new Option('--now', 'run a plan that has a schedule now, without its schedule').conflicts([
    'startAt',
    'every',
    'cron',
  ]),
  new Option('--trust', 'trust the folders that it works in, without being asked'),
  new Option(
    '--max-wait <duration>',
    'stop it when it only waits for a person for so long, such as for more budget; else it waits for ever',
  )
    .argParser(duration)
    .conflicts('detach'),
];

const promptFlags = [
  new Option('--model <model>', 'with -p: the model'),
  new Option('--permission-mode <mode>', 'with -p: what Claude may do without asking').choices([
    ...PERMISSION_MODES,
  ]),
  new Option(
    '--allowed-tools <tools>',
    'with -p: tools that need no permission, such as Read,"Bash(git:*)"',
  ).argParser(listOf),
  new Option('--disallowed-tools <tools>', 'with -p: tools that are never used').argParser(listOf),
  new Option('--max-turns <count>', 'with -p: ends it after so many turns').argParser(
    wholeNumber(1, 100_000),
  ),
  new Option('--idle-timeout <duration>', 'with -p: ends it when it hangs so long'),
  new Option('--retry <attempts>', 'with -p: tries in all when it fails').argParser(wholeNumber(1, 100)),
  new Option(
    '-n, --count <count>',
    'with -p: so many alike; {{ number }} in the prompt is which one',
  ).argParser(wholeNumber(1, 10_000)),
  new Option('--session <id>', 'with -p: goes on with this Claude session; new:ID starts one under it'),
  new Option('--worktree [base]', 'with -p: works in a fresh Git worktree, of a branch or commit'),
  new Option('--check <command>', 'with -p: it counts only when this shell command succeeds'),
  new Option('--loop <rounds>', 'with -p and --check: goes on with what the check said, so often').argParser(
    wholeNumber(1, 100),
  ),
  new Option('--result-schema <file>', 'with -p: a JSON Schema that the result must follow'),
];

const formatHelp = 'text: a table or lines, then a report; ndjson: each event; json: one report';

/** How a run is shown, and whether it is waited for. */
export const showFlags: readonly Option[] = [
  formatOption(formats, formatHelp),
  new Option('-d, --detach', 'run it in the background and print its id'),
];

/** `netra run` */
export const runCommand: CommandSpec = {
  usage: 'run [plan]',
  summary:
    'Run a plan (a file, - for stdin, the name of a template) or a prompt (-p), and show it to its end',
  options: [
    new Option('-p, --prompt <text>', 'run this prompt or slash command; - reads it from stdin'),
    ...showFlags,
    new Option('--dry-run', 'show what would run, and start nothing').conflicts('detach'),
    ...planFlags,
    ...promptFlags,
  ],
  examples: [
    'netra run plan.yaml',
    'netra run plan.yaml --dry-run',
    'netra run review --input against=develop',
    'netra run -p "Repair the build." --check "npm test" --loop 3 --budget 5',
    'netra run -p "/review src" --model opus --detach',
    'git diff | netra run -p - --format json > report.json',
  ],
  watches: true,
  act: acting(runOptionsSchema, async (context, [plan], options) =>
    (await import('../commands/run.ts')).run(context, plan ?? null, options),
  ),
};
