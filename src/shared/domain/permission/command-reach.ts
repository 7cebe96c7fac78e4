import { readShell, type ShellCommand, type ShellWord } from '../expression/shell-command.ts';

/** All commands that a line may come to run, those included that others run for it. */
export type CommandReach = {
  readonly commands: readonly ShellCommand[];
  /** True when it may also run something that cannot be read from its text. */
  readonly hidden: boolean;
};

/** Programs that run the command in their arguments; where it begins depends on their options. */
const wrappers = new Set(
  (
    'builtin busybox caffeinate chronic chrt command doas dotenv env exec flock gtimeout ionice nice noglob nocorrect ' +
    'nohup parallel setsid stdbuf strace sudo taskset time timeout unbuffer unshare watch xargs'
  ).split(' '),
);
const shells = new Set(['bash', 'dash', 'fish', 'ksh', 'sh', 'zsh']);
const keywords = new Set('! { } if then elif else fi while until do done time coproc'.split(' '));
const groups = new Set(['[', '[[', '{']);
const findActions = new Set(['-exec', '-execdir', '-ok', '-okdir']);

const assignment = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=/;
const deepest = 5;
/** So many words of a command are looked at for another one. */
const mostTails = 50;

/** The name of a program without its folder, as it is looked up on any system. */
export const programName = (word: string): string =>
  word
    .replace(/^.*[/\\]/s, '')
    .toLowerCase()
    .replace(/\.(?:exe|cmd|bat|com)$/, '');

/** Without what may stand before a command: keywords and the variables set for it. */
const bareWords = (words: readonly ShellWord[]): readonly ShellWord[] => {
  const first = words.findIndex(({ text }) => !keywords.has(text) && !assignment.test(text));
  return first < 0 ? [] : words.slice(first);
};

const commandOf = (words: readonly ShellWord[]): ShellCommand => ({
  words,
  text: words.map(({ text }) => text).join(' '),
});

/** The text that a shell or `eval` is given to run; null when it runs none, `hidden` when it cannot be read. */
const scriptOf = (
  words: readonly ShellWord[],
): { readonly text: string; readonly hidden: boolean } | null => {
  const [first, ...args] = words;
  const name = programName(first?.text ?? '');
  if (name === 'eval') {
    return { text: args.map(({ text }) => text).join(' '), hidden: args.some(({ expands }) => expands) };
  }
  if (!shells.has(name)) return null;
  const option = args.findIndex(({ text }) => /^-[A-Za-z]*c[A-Za-z]*$/.test(text));
  const script = option < 0 ? undefined : args.slice(option + 1).find(({ text }) => !/^[-+]/.test(text));
  if (script !== undefined) return { text: script.text, hidden: script.expands };
  // Without a file it takes what it runs from its input.
  return args.some(({ text }) => !/^[-+]/.test(text)) ? null : { text: '', hidden: true };
};

const isHead = ({ text }: ShellWord): boolean =>
  !text.startsWith('-') && !assignment.test(text) && !/^[\d.]+[smhd]?$/.test(text);

/** The commands in the arguments of a command, as tails of its words. */
const tailsOf = (words: readonly ShellWord[]): readonly (readonly ShellWord[])[] => {
  const name = programName(words[0]?.text ?? '');
  const tails = words.slice(0, mostTails).map((_, index) => words.slice(index));
  if (wrappers.has(name)) return tails.slice(1);
  if (name !== 'find') return [];
  return tails.filter((_, index) => findActions.has(words[index - 1]?.text ?? ''));
};

const isOverlong = (words: readonly ShellWord[]): boolean => {
  const name = programName(words[0]?.text ?? '');
  return words.length > mostTails && (wrappers.has(name) || name === 'find');
};

const isHidden = (words: readonly ShellWord[]): boolean => {
  const [first] = words;
  return first !== undefined && first.expands && !groups.has(first.text);
};

const reachOfOne = ({ words, text }: ShellCommand, depth: number): CommandReach => {
  const bare = bareWords(words);
  if (bare.length === 0) return { commands: [], hidden: false };
  const tails = tailsOf(bare);
  const firstHead = tails.find(([first]) => first !== undefined && isHead(first));
  const commands: ShellCommand[] = [{ words: bare, text }, ...tails.map(commandOf)];
  let hidden = isHidden(bare) || isOverlong(bare) || (firstHead !== undefined && isHidden(firstHead));
  for (const words of [bare, ...tails]) {
    const script = scriptOf(words);
    if (script === null) continue;
    const inner = reachAt(script.text, depth + 1);
    commands.push(...inner.commands);
    hidden ||= script.hidden || inner.hidden;
  }
  return { commands, hidden };
};

const reachAt = (text: string, depth: number): CommandReach => {
  if (depth > deepest) return { commands: [], hidden: true };
  const reading = readShell(text);
  const reached = reading.commands.map((command) => reachOfOne(command, depth));
  return {
    commands: reached.flatMap(({ commands }) => commands),
    hidden: reading.hidden || reached.some(({ hidden }) => hidden),
  };
};

/**
 * What a command line may come to run, for rules that forbid: rather too much than too little. It looks into
 * substitutions, `sudo`, `env`, `xargs`, `find -exec`, `sh -c`, `eval` and the like.
 */
export const reachOf = (text: string): CommandReach => reachAt(text, 0);
