import { Command, CommanderError } from 'commander';
import { z } from 'zod';
import type { Failure } from '../../../shared/domain/failure.ts';
import { dataDirOf } from '../places.ts';
import { requestFailure } from '../request-failure.ts';
import { commandList } from './command-list.ts';
import { addCommands, type CommandSpec } from './command-spec.ts';
import type { CliContext } from './context.ts';
import { createLogFile, logFileOf } from './log-file.ts';
import { createStreams, type Streams } from './streams.ts';
import { createPaint, printableLines, type Paint } from './terminal-text.ts';

const globalsSchema = z.object({
  dataDir: z.string().optional(),
  claude: z.string().optional(),
  color: z.boolean(),
});

const paintFor = ({ stdout }: Streams, color: boolean): Paint => {
  const { NO_COLOR: off = '', FORCE_COLOR: forced = '0', TERM: term } = process.env;
  const isWanted = color && off === '' && term !== 'dumb';
  return createPaint(isWanted && (stdout.isTTY || forced !== '0'));
};

const contextFor = (command: Command, streams: Streams): CliContext => {
  const { dataDir, claude, color } = globalsSchema.parse(command.optsWithGlobals());
  const directory = dataDirOf(dataDir);
  const log = createLogFile(directory, (line) => streams.say(line));
  return { dataDir: directory, claude, streams, log, paint: paintFor(streams, color) };
};

/** Wrong input of a person is 2; what went wrong with right input is 1. */
const exitCodeOf = ({ code }: Failure): number =>
  /^(plan|arguments)\.|^(orchestration|instance|command|schedule|template|inbox|rule|trust)\.(unknown|ambiguous|invalid|wrong_answer)$/.test(
    code,
  )
    ? 2
    : 1;

/** Names and paths of others stand in sentences, too: they must not rewrite the terminal. */
const harmlessLines = (text: string): string => printableLines(text).join('\n');

const explain = (error: unknown, { streams, log, dataDir }: CliContext): number => {
  const failure = requestFailure(error);
  if (failure === null) {
    log.error('A command failed', error);
    const message = error instanceof Error ? error.message : String(error);
    streams.say(
      `netra: something unforeseen went wrong: ${harmlessLines(message)}. ${logFileOf(dataDir)} has the details.`,
    );
    return 1;
  }
  // A line for each problem, as editors and terminals read it.
  const isList = failure.code === 'plan.invalid';
  const message = harmlessLines(failure.message);
  streams.say(isList ? message : `netra: ${message} (${failure.code})`);
  return exitCodeOf(failure);
};

const perform = async (spec: CommandSpec, command: Command, streams: Streams): Promise<number> => {
  const context = contextFor(command, streams);
  if (spec.watches !== true) streams.onBroken(() => process.exit(0));
  try {
    return (await spec.act?.(context, command.args, command.opts())) ?? 0;
  } catch (error) {
    return explain(error, context);
  } finally {
    await context.log.flushed();
  }
};

const help = `
Examples:
  netra demo                              see it work, without an account
  netra run plan.yaml                     run a plan and watch it
  netra serve --open                      the console in the browser
  netra sessions show "Fix the build"     look at a past run

Environment:
  NETRA_HOME    the data directory, unless --data-dir says it
  NETRA_CLAUDE  the Claude Code program, unless --claude says it
  NO_COLOR      no colours

Exit codes: 0 all succeeded, 1 some did not, 2 wrong plan or arguments, 130 stopped by Ctrl-C, 143 by SIGTERM.`;

/** The program with all its commands; `finish` gets the exit code of the one that was given. */
export const createProgram = (version: string, streams: Streams, finish: (code: number) => void): Command => {
  const program = new Command('netra')
    .description(
      'Runs many Claude Code instances at once: from a plan, live, with exact token and cost figures.',
    )
    .version(version, '-V, --version', 'print the version')
    .option('--data-dir <folder>', 'where everything is kept')
    .option('--claude <path>', 'the Claude Code program')
    .option('--no-color', 'no colours')
    // Names alone leave the summaries room: what a command takes, its own help says.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText('after', help)
    .showHelpAfterError('Run it with --help to see how it is used.')
    .exitOverride();
  addCommands(program, commandList, async (spec, command) => {
    finish(await perform(spec, command, streams));
  });
  return program;
};

/** Runs a command line; gives the exit code. */
export const runProgram = async (args: readonly string[], version: string): Promise<number> => {
  let exitCode = 0;
  const program = createProgram(version, createStreams(), (code) => (exitCode = code));
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return exitCode;
};
