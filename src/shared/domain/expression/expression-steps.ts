import type { ASTNode } from '@marcbachmann/cel-js';
import { bracketsOf, type Brackets } from './expression-text.ts';
import { isComprehension, childrenOf } from './expression-names.ts';

type Edit = { readonly at: number; readonly remove: number; readonly insert: string };

/** What stands before and after the body of each kind of loop. `all` and `exists` end at once when the steps are used up. */
const frames: Readonly<Record<string, readonly [string, string]>> = {
  all: ['__step() ? (', '\n) : false'],
  exists: ['__step() ? (', '\n) : true'],
};
const otherFrame = ['__mustStep() ? dyn(', '\n) : dyn(null)'] as const;

const frameEdits = (name: string, brackets: Brackets): readonly Edit[] => {
  const [before, after] = frames[name] ?? otherFrame;
  const start = (brackets.commas[0] ?? brackets.open) + 1;
  const end = brackets.commas[1] ?? brackets.close;
  return [
    { at: start, remove: 0, insert: before },
    { at: end, remove: 0, insert: after },
  ];
};

const editsFor = (node: ASTNode, text: string, brackets: ReadonlyMap<number, Brackets>): readonly Edit[] => {
  const inner = childrenOf(node).flatMap((child) => editsFor(child, text, brackets));
  if (node.op !== 'rcall') return inner;
  const own = brackets.get(node.end - 1);
  if (own === undefined) return inner;
  const [name] = node.args;
  if (isComprehension(node)) return [...inner, ...frameEdits(name, own)];
  if (name !== 'matches') return inner;
  return [...inner, { at: text.lastIndexOf(name, own.open), remove: name.length, insert: '__matches' }];
};

/**
 * The expression with a count of steps in the body of every `map`, `filter`, `all`, `exists` and `exists_one`, and with
 * the guarded `matches`: CEL has no other loops, so that every evaluation ends soon. `ast` is what `text` parses to.
 */
export const boundSteps = (text: string, ast: ASTNode): string => {
  const edits = editsFor(ast, text, bracketsOf(text)).toSorted((a, b) => b.at - a.at);
  return edits.reduce(
    (result, { at, remove, insert }) => result.slice(0, at) + insert + result.slice(at + remove),
    text,
  );
};
