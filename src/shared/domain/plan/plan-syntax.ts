import { Composer, Lexer, Parser } from 'yaml';
import type { CST, Document, ParsedNode, YAMLError } from 'yaml';
import type { Fault } from './plan-problem.ts';

/** Longer texts are refused. */
export const MAX_PLAN_LENGTH = 1_048_576;

/** Levels of nesting; the YAML library recurses, and deep inside a regular expression can end the process. */
const MAX_DEPTH = 200;

const OPTIONS = {
  schema: 'core',
  merge: true,
  stringKeys: true,
  uniqueKeys: false, // quadratic there; plan-source.ts finds duplicates
  resolveKnownTags: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/** Where the library's own words do not help. */
const REASONS: Partial<Record<YAMLError['code'], string>> = {
  BLOCK_AS_IMPLICIT_KEY: 'There is a second colon on the line of a key',
  NON_STRING_KEY: 'A key must be plain text',
};

const TIPS: Partial<Record<YAMLError['code'], string>> = {
  BAD_SCALAR_START: 'put the value in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'if this is text with a colon in it, put it in quotes',
  BAD_INDENT: 'line it up with the keys around it',
  MISSING_CHAR: 'check the quotes, brackets and colons here',
  NON_STRING_KEY: 'write a word there',
  TAB_AS_INDENT: 'indent with spaces',
  TAG_RESOLVE_FAILED: 'plans use no tags; put text that starts with ! in quotes',
  UNEXPECTED_TOKEN: 'if this is text, put all of the value in quotes; else check the indentation',
};

function fault(reason: string, message: string, offset = 0): Fault {
  return { code: `plan.${reason}`, message, offset, path: [] };
}

function faultOfYaml({ code, message, pos }: YAMLError, text: string): Fault {
  const isTemplate = code === 'NON_STRING_KEY' && text.slice(Math.max(0, pos[0] - 1)).startsWith('{{');
  const tip = isTemplate
    ? 'put a text that begins with {{ in quotes'
    : (TIPS[code] ?? 'correct the YAML here');
  const reason = REASONS[code] ?? message.replace(/[.:]$/, '');
  return fault('syntax', `This cannot be read as YAML. ${reason}: ${tip}.`, pos[0]);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** JSON may be indented with tabs, YAML not; inside JSON's strings there are none, and offsets stay. */
function withoutJsonTabs(text: string): string {
  return text.includes('\t') && isJson(text) ? text.replaceAll('\t', ' ') : text;
}

function composeAll(text: string): Document.Parsed[] | Fault {
  let tooDeepAt: number | undefined;
  function* tokens(): Generator<CST.Token> {
    const parser = new Parser();
    for (const lexeme of new Lexer().lex(text)) {
      yield* parser.next(lexeme);
      if (parser.stack.length > MAX_DEPTH) {
        tooDeepAt = parser.offset;
        return;
      }
    }
    yield* parser.end();
  }
  const documents = [...new Composer<ParsedNode>(OPTIONS).compose(tokens(), true, text.length)];
  return tooDeepAt === undefined
    ? documents
    : fault('too_deep', 'The plan is nested too deep here: take levels out.', tooDeepAt);
}

function faultOfText(text: string): Fault | undefined {
  if (text.length > MAX_PLAN_LENGTH) {
    return fault(
      'too_large',
      'The plan is larger than 1 MiB: split it, or put long texts into files of the workspace.',
    );
  }
  const strange = text.search(/[\0\uFFFD]/);
  if (strange === -1) return undefined;
  return fault('not_text', 'The file is not UTF-8 text: save it as UTF-8, or choose another file.', strange);
}

/**
 * Takes the text of a plan, YAML or JSON, without byte order mark, and gives its one document with content,
 * or every place at which it is not YAML.
 */
export function composePlan(
  text: string,
): { readonly contents: ParsedNode } | { readonly faults: readonly Fault[] } {
  const unreadable = faultOfText(text);
  if (unreadable) return { faults: [unreadable] };
  const documents = composeAll(withoutJsonTabs(text));
  if (!Array.isArray(documents)) return { faults: [documents] };
  const faults = documents
    .flatMap(({ errors, warnings }) => [...errors, ...warnings])
    .map((error) => faultOfYaml(error, text));
  const [first, second] = documents;
  if (second) {
    const message = 'A plan is one document: put what follows into a file of its own, and run it by itself.';
    faults.push(fault('several_documents', message, second.range[0]));
  }
  if (faults.length > 0) return { faults };
  return first?.contents ? { contents: first.contents } : { faults: [emptyFault()] };
}

/** What is said of a plan without content. */
export function emptyFault(): Fault {
  return fault('empty', 'The plan is empty: give it a name and a list of instances.');
}
