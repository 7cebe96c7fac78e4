import type { ASTNode } from '@marcbachmann/cel-js';
import { didYouMean } from '../did-you-mean.ts';
import type { ScopeShape } from './scope.ts';

/** What an expression names. */
export type References = {
  readonly instances: readonly string[];
  readonly inputs: readonly string[];
  readonly files: readonly string[];
};

export type ExpressionProblem = { readonly message: string; readonly offset: number };

/** What may stand after a dot: nothing is known of the value (`any`), or these names. */
type Known = 'any' | { readonly fields: Readonly<Record<string, Known>>; readonly called: string };

const known = (called: string, names: readonly string[]): Known => ({
  called,
  fields: Object.fromEntries(names.map((name) => [name, 'any' as const])),
});

const usageNames = [
  'inputTokens',
  'outputTokens',
  'cacheWriteTokens',
  'cacheReadTokens',
  'tokens',
  'costUsd',
];

const figures = (called: string, isFanOut: boolean): Known => ({
  called,
  fields: {
    ...Object.fromEntries(
      ['state', 'result', 'json', 'attempts', 'durationMs', 'sessionId', 'workspace'].map((name) => [
        name,
        'any',
      ]),
    ),
    usage: known('usage', usageNames),
    ...(isFanOut ? { results: 'any' as const } : {}),
  },
});

const variableNamed = (name: string, { axes }: ScopeShape): Known => {
  if (name === 'instance') return figures('instance', false);
  if (name === 'check') return known('check', ['output', 'exitCode']);
  return name === 'matrix' && axes !== undefined ? known('matrix', axes) : 'any';
};

const instanceTrees = new WeakMap<ScopeShape['instances'], Known>();

/** The instances of a plan, as a tree: made once for all expressions of the plan. */
const instancesKnown = (instances: ScopeShape['instances']): Known => {
  const made = instanceTrees.get(instances);
  if (made !== undefined) return made;
  const entries = Object.entries(instances).map(
    ([name, { isFanOut }]) => [name, figures(name, isFanOut)] as const,
  );
  const tree = { called: 'instances', fields: Object.fromEntries(entries) };
  instanceTrees.set(instances, tree);
  return tree;
};

/** All names of a scope, as a tree. */
const knownIn = (shape: ScopeShape): Readonly<Record<string, Known>> => ({
  inputs: known('inputs', Object.keys(shape.inputs)),
  instances: instancesKnown(shape.instances),
  orchestration: known('orchestration', ['id', 'name']),
  ...Object.fromEntries(shape.variables.map((name) => [name, variableNamed(name, shape)])),
});

const places: Readonly<Record<string, string>> = {
  check: 'check is there in the prompt of a loop only.',
  round: 'round is there in the prompt of a loop only.',
  instance: 'instance is there in a check only; others are instances.NAME.',
  item: 'item is there in an instance with forEach only.',
  index: 'index is there in an instance with forEach or matrix only.',
  matrix: 'matrix is there in an instance with matrix only.',
};

const hint = (word: string, names: readonly string[]): string => {
  const meant = didYouMean(word, names);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  if (names.length === 0) return 'There are none.';
  const more = names.length > 12 ? ', …' : '';
  return `There is ${names.slice(0, 12).join(', ')}${more}.`;
};

class NameError extends Error {
  readonly problem: ExpressionProblem;
  constructor(node: ASTNode, message: string) {
    super(message);
    this.problem = { message, offset: node.pos };
  }
}

/** The name after the dot or in the brackets; null where it is computed, undefined where the node is no access. */
const fieldOf = (node: ASTNode): { readonly of: ASTNode; readonly name: string | null } | undefined => {
  if (node.op === '.') return { of: node.args[0], name: node.args[1] };
  if (node.op !== '[]') return undefined;
  const key = node.args[1];
  return { of: node.args[0], name: key.op === 'value' && typeof key.args === 'string' ? key.args : null };
};

const macros: ReadonlySet<string> = new Set(['map', 'filter', 'all', 'exists', 'exists_one']);

/** True for a call whose first argument is the name that an item has in the others. */
export const isComprehension = (node: ASTNode): boolean =>
  node.op === 'rcall' && macros.has(node.args[0]) && node.args[2].length > 1;

/** The names that the items of the lists around have. */
type Bound = ReadonlySet<string>;

type Walk = {
  readonly roots: Readonly<Record<string, Known>>;
  readonly instances: Set<string>;
  readonly inputs: Set<string>;
  readonly files: Set<string>;
};

const rootNamed = (node: ASTNode, name: string, roots: Walk['roots']): Known => {
  const root = Object.hasOwn(roots, name) ? roots[name] : undefined;
  if (root !== undefined) return root;
  const place = Object.hasOwn(places, name) ? places[name] : undefined;
  throw new NameError(node, `There is no ${name} here. ${place ?? hint(name, Object.keys(roots))}`);
};

const collectionOf = (node: ASTNode, bound: Bound): 'instances' | 'inputs' | null => {
  if (node.op !== 'id' || bound.has(node.args)) return null;
  return node.args === 'instances' || node.args === 'inputs' ? node.args : null;
};

/** What is known of an access, when all of it is names; records what it names. */
const lookUp = (node: ASTNode, walk: Walk, bound: Bound): Known => {
  if (node.op === 'id') return bound.has(node.args) ? 'any' : rootNamed(node, node.args, walk.roots);
  const field = fieldOf(node);
  if (field === undefined) {
    visit(node, walk, bound);
    return 'any';
  }
  const of = lookUp(field.of, walk, bound);
  if (node.op === '[]') visit(node.args[1], walk, bound);
  if (of === 'any') return 'any';
  const collection = collectionOf(field.of, bound);
  if (field.name === null) {
    if (collection !== 'instances') return 'any';
    throw new NameError(node, 'Name the instance itself, as in instances.lint or instances["my review"].');
  }
  const next = Object.hasOwn(of.fields, field.name) ? of.fields[field.name] : undefined;
  if (next === undefined) {
    throw new NameError(
      node,
      `${of.called} has no ${field.name}. ${hint(field.name, Object.keys(of.fields))}`,
    );
  }
  if (collection !== null) walk[collection].add(field.name);
  return next;
};

const visitFile = (node: ASTNode, args: readonly ASTNode[], walk: Walk): void => {
  const path = args[0];
  if (args.length !== 1 || path?.op !== 'value' || typeof path.args !== 'string' || path.args === '') {
    throw new NameError(
      node,
      'Write the path of a file as text, as in file("notes.md"): it is read beforehand.',
    );
  }
  walk.files.add(path.args);
};

export const childrenOf = (node: ASTNode): readonly ASTNode[] => {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case '!_':
    case '-_':
      return [node.args];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case 'list':
    case '?:':
    default:
      return node.args;
  }
};

const visitComprehension = (
  parts: readonly [ASTNode, readonly ASTNode[]],
  walk: Walk,
  bound: Bound,
): void => {
  const [list, [item, ...bodies]] = parts;
  visit(list, walk, bound);
  const inner = new Set(bound);
  if (item?.op === 'id') inner.add(item.args);
  for (const body of bodies) visit(body, walk, inner);
};

const visit = (node: ASTNode, walk: Walk, bound: Bound): void => {
  if (collectionOf(node, bound) === 'instances') {
    throw new NameError(node, 'Name one of the instances, as in instances.lint.');
  }
  if (node.op === 'id' || fieldOf(node) !== undefined) lookUp(node, walk, bound);
  else if (node.op === 'call' && node.args[0] === 'file') visitFile(node, node.args[1], walk);
  else if (node.op === 'rcall' && isComprehension(node)) {
    visitComprehension([node.args[1], node.args[2]], walk, bound);
  } else for (const child of childrenOf(node)) visit(child, walk, bound);
};

/** What an expression names, each of it known in the scope; or the first name that is not. */
export const namesIn = (
  ast: ASTNode,
  shape: ScopeShape,
): { readonly ok: true; readonly references: References } | ({ readonly ok: false } & ExpressionProblem) => {
  const walk: Walk = { roots: knownIn(shape), instances: new Set(), inputs: new Set(), files: new Set() };
  try {
    visit(ast, walk, new Set());
  } catch (error) {
    if (error instanceof NameError) return { ok: false, ...error.problem };
    throw error;
  }
  const { instances, inputs, files } = walk;
  return { ok: true, references: { instances: [...instances], inputs: [...inputs], files: [...files] } };
};

/** The paths of the files that an expression reads, in the order in which it names them. */
export const filesIn = (ast: ASTNode): readonly string[] => {
  const own = ast.op === 'call' && ast.args[0] === 'file' ? ast.args[1] : [];
  const path = own.flatMap((node) =>
    node.op === 'value' && typeof node.args === 'string' ? [node.args] : [],
  );
  return [...new Set([...path, ...childrenOf(ast).flatMap(filesIn)])];
};

/** The names of an access from its root on (`inputs.a["b"]` → inputs, a, b), or null when part of it is computed. */
export const pathOf = (node: ASTNode): readonly string[] | null => {
  if (node.op === 'id') return [node.args];
  const field = fieldOf(node);
  if (field === undefined || field.name === null) return null;
  const start = pathOf(field.of);
  return start === null ? null : [...start, field.name];
};

const reserved = new Set(['inputs', 'instances', 'orchestration', 'cel', 'google', 'true', 'false', 'null']);
const keywords = new Set(
  'as break const continue else for function if import in let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** True for a word that the items of a fan-out may be called (`as`). */
export const isItemName = (word: string): boolean =>
  /^[A-Za-z_]\w*$/.test(word) &&
  !word.startsWith('__') &&
  !reserved.has(word) &&
  !keywords.has(word) &&
  !['index', 'check', 'round', 'instance'].includes(word);
