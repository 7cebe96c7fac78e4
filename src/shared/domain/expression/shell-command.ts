/** A word of a command, quotes taken away. `expands`: the shell puts something else in its place before it runs. */
export type ShellWord = { readonly text: string; readonly expands: boolean };

/** One command of a line: its words without redirections, and how it is written. */
export type ShellCommand = { readonly words: readonly ShellWord[]; readonly text: string };

export type ShellReading = {
  /** Every command found, also those inside substitutions, subshells and groups. */
  readonly commands: readonly ShellCommand[];
  /**
   * True when the line is nothing but such commands, one after the other or piped: no substitution, no redirection to or
   * from a file, no subshell, no comment, and no expansion but of plain variables. Only then `commands` is all it does.
   */
  readonly plain: boolean;
  /** True when something runs that cannot be read here, such as the rest of a text whose quote never ends. */
  readonly hidden: boolean;
};

type HereDocument = { readonly delimiter: string; readonly quoted: boolean; readonly stripsTabs: boolean };

type Reader = {
  readonly text: string;
  readonly depth: number;
  readonly commands: ShellCommand[];
  readonly hereDocuments: HereDocument[];
  at: number;
  plain: boolean;
  hidden: boolean;
};

type Draft = { text: string; expands: boolean; quoted: boolean };

const longest = 65_536;
const deepest = 20;

const readerOf = (text: string, depth: number): Reader => ({
  text,
  depth,
  commands: [],
  hereDocuments: [],
  at: 0,
  plain: true,
  hidden: false,
});

/** Takes what a sticky pattern matches here; null when it does not. */
const take = (reader: Reader, pattern: RegExp): string | null => {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text)?.[0] ?? null;
  if (found !== null) reader.at += found.length;
  return found;
};

const giveUp = (reader: Reader): void => {
  reader.plain = false;
  reader.hidden = true;
  reader.at = reader.text.length;
};

/** Reads a text that runs inside another one. */
const readNested = (reader: Reader, text: string): void => {
  const inner = readAt(text, reader.depth + 1);
  reader.commands.push(...inner.commands);
  reader.hidden ||= inner.hidden;
};

const readBackticks = (reader: Reader, word: Draft): void => {
  reader.plain = false;
  word.expands = true;
  const inner = take(reader, /`(?:[^`\\]|\\[\s\S])*`/y);
  if (inner === null) giveUp(reader);
  else readNested(reader, inner.slice(1, -1).replace(/\\([\\`$])/g, '$1'));
};

const readSubstitution = (reader: Reader, word: Draft): void => {
  reader.plain = false;
  word.expands = true;
  const inner: Reader = { ...reader, depth: reader.depth + 1 };
  readList(inner, true);
  reader.at = inner.at;
  reader.hidden ||= inner.hidden;
};

const complexInQuotes = /\$\{[^}]*\}|\$/y;
const complex = /\$\{[^}]*\}|\$'(?:[^'\\]|\\[\s\S])*'|\$/y;

/** What begins with a dollar sign, in double quotes or not. */
const readDollar = (reader: Reader, word: Draft, inQuotes: boolean): void => {
  const variable = take(reader, /\$(?:\{[A-Za-z_]\w*\}|[A-Za-z_]\w*|[\d?#@*!$-])/y);
  if (variable !== null) {
    word.text += variable;
    word.expands = true;
  } else if (take(reader, /\$\(/y) !== null) readSubstitution(reader, word);
  else if (inQuotes ? take(reader, /\$(?=["\s]|$)/y) !== null : take(reader, /\$(?=[\s;&|)]|$)/y) !== null) {
    word.text += '$';
  } else {
    // Expansions with operators, strings with escapes of their own, arithmetic: what they come to is not read here.
    reader.plain = false;
    word.expands = true;
    const rest = take(reader, inQuotes ? complexInQuotes : complex) ?? '';
    if (/[`('"\\{]/.test(rest.slice(2)) && !rest.startsWith("$'")) reader.hidden = true;
    if (rest === '$' && reader.text[reader.at] === '{') giveUp(reader);
    word.text += rest;
  }
};

const readDoubleQuotes = (reader: Reader, word: Draft): void => {
  word.quoted = true;
  reader.at += 1;
  for (;;) {
    const char = reader.text[reader.at];
    if (char === undefined) {
      giveUp(reader);
      return;
    }
    if (char === '"') break;
    if (char === '$') readDollar(reader, word, true);
    else if (char === '`') readBackticks(reader, word);
    else if (char === '\\') {
      const escaped = take(reader, /\\[\s\S]?/y) ?? '';
      if (escaped !== '\\\n') word.text += /^\\["$`\\]$/.test(escaped) ? escaped.slice(1) : escaped;
    } else word.text += take(reader, /[^"$`\\]+/y) ?? '';
  }
  reader.at += 1;
};

const readSingleQuotes = (reader: Reader, word: Draft): void => {
  word.quoted = true;
  const quoted = take(reader, /'[^']*'/y);
  if (quoted === null) giveUp(reader);
  else word.text += quoted.slice(1, -1);
};

const readEscape = (reader: Reader, word: Draft): void => {
  const escaped = take(reader, /\\[\s\S]?/y) ?? '';
  word.quoted ||= escaped !== '\\\n';
  if (escaped === '\\') reader.plain = false;
  if (escaped !== '\\\n') word.text += escaped.slice(1);
};

const readBare = (reader: Reader, word: Draft): void => {
  const bare = take(reader, /[^\s;&|()<>'"`$\\]+|[^\S \t\n]/y) ?? '';
  // The shells agree about blanks and newlines; what they make of other characters of control is not worth knowing.

  if (/[\u0000-\u001f\u007f]/.test(bare)) reader.plain = false;
  if (/[*?[]|\{.*[,.]/.test(bare)) word.expands = true;
  word.text += bare;
};

/** Reads a word up to a blank or an operator; null when there is none here. */
const readWord = (reader: Reader): Draft | null => {
  const from = reader.at;
  const word: Draft = { text: '', expands: false, quoted: false };
  for (;;) {
    const char = reader.text[reader.at];
    if (char === undefined || /[ \t\n;&|()<>]/.test(char)) break;
    if (char === "'") readSingleQuotes(reader, word);
    else if (char === '"') readDoubleQuotes(reader, word);
    else if (char === '`') readBackticks(reader, word);
    else if (char === '$') readDollar(reader, word, false);
    else if (char === '\\') readEscape(reader, word);
    else readBare(reader, word);
  }
  return reader.at === from ? null : word;
};

/** A redirection leads nowhere else when it copies a descriptor or throws away. */
const isHarmless = (operator: string, target: Draft): boolean =>
  !target.expands &&
  (operator.endsWith('&') ? /^(?:\d|-)$/.test(target.text) : target.text === '/dev/null') &&
  !operator.includes('<<');

const readRedirection = (reader: Reader, operator: string): void => {
  if (/[<>]$/.test(operator) && reader.text[reader.at] === '(') {
    reader.at += 1;
    readSubstitution(reader, { text: '', expands: false, quoted: false });
    return;
  }
  take(reader, blanks);
  const target = readWord(reader);
  if (target === null || !isHarmless(operator, target)) reader.plain = false;
  if (target !== null && /<<-?$/.test(operator)) {
    const { text: delimiter, quoted } = target;
    reader.hereDocuments.push({ delimiter, quoted, stripsTabs: operator.endsWith('-') });
  }
};

/** Goes over the bodies of the here-documents whose line has just ended. */
const skipHereDocuments = (reader: Reader): void => {
  for (const { delimiter, quoted, stripsTabs } of reader.hereDocuments.splice(0)) {
    for (;;) {
      const line = take(reader, /[^\n]*(?:\n|$)/y) ?? '';
      const bare = line.replace(/\n$/, '');
      if ((stripsTabs ? bare.replace(/^\t+/, '') : bare) === delimiter) break;
      if (!quoted && /`|\$[({]/.test(bare)) reader.hidden = true;
      if (reader.at >= reader.text.length) break;
    }
  }
};

const blanks = /(?:[ \t]|\\\n)+/y;
const redirection = /(?:\d+)?(?:<<<|<<-|<<|<>|<&|<|>>|>\||>&|>)|&>>?/y;

/** The words of one command, up to what separates it from the next. */
const readCommand = (reader: Reader): boolean => {
  const words: ShellWord[] = [];
  let from: number | null = null;
  let end = reader.at;
  for (;;) {
    take(reader, blanks);
    const start = reader.at;
    const operator = take(reader, redirection);
    if (operator !== null) readRedirection(reader, operator);
    else if (take(reader, /#[^\n]*/y) !== null) reader.plain = false;
    else {
      const word = readWord(reader);
      if (word === null) break;
      words.push({ text: word.text, expands: word.expands });
    }
    from ??= start;
    end = reader.at;
  }
  if (words.length > 0) reader.commands.push({ words, text: reader.text.slice(from ?? end, end) });
  return words.length > 0;
};

/** Reads commands to the end of the text or, `inside` a substitution, to the bracket that closes it. */
const readList = (reader: Reader, inside: boolean): void => {
  if (reader.depth > deepest) {
    giveUp(reader);
    return;
  }
  for (let open = 0; ;) {
    const isCommand = readCommand(reader);
    const separator = take(reader, /&&|\|\||\|&|[;&|\n()]/y);
    if (separator === null) break;
    if (separator === '(') open += 1;
    if (separator === ')') {
      if (inside && open === 0) return;
      open -= 1;
    }
    if (separator === '\n') skipHereDocuments(reader);
    else if (!isCommand || /[()]/.test(separator)) reader.plain = false;
  }
  if (inside) giveUp(reader);
};

const readAt = (text: string, depth: number): ShellReading => {
  const reader = readerOf(text, depth);
  if (text.length > longest) giveUp(reader);
  else readList(reader, false);
  const { commands, plain, hidden } = reader;
  return { commands, plain, hidden };
};

/**
 * Reads a command line as bash and zsh do, as far as it takes to know which commands it runs. What is not understood for
 * sure is not `plain`.
 */
export const readShell = (text: string): ShellReading => readAt(text, 0);
