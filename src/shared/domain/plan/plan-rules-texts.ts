import { checkExpression, type ExpressionCheck } from '../expression/expression.ts';
import { fieldsOf, has, listOf, type Fields, type RuleBreach } from './plan-breach.ts';
import { PLAN_DEFAULTS } from './plan-defaults.ts';
import { ITEMS } from './plan-field.ts';
import { isFanOut } from './plan-fan-out.ts';
import { dependenciesOf, graphOf, type PlanGraph, type PlanNode } from './plan-graph.ts';
import { fieldOf, shown } from './plan-problem.ts';
import { inheritedBy, orderTextsOf, textsOf, type PlanText } from './plan-texts.ts';
import type { ScopeShape, ValueType } from '../expression/scope.ts';
import { checkShellTemplate } from '../expression/shell-template.ts';
import { checkTemplate, piecesOf, soleExpression } from '../expression/template.ts';

/** Rules of templates and conditions: that they can be read, and what they may name where they stand. */

const VALUE_TYPES: Readonly<Record<string, ValueType>> = {
  string: 'string',
  number: 'number',
  boolean: 'bool',
  list: 'list',
  object: 'map',
};

type World = {
  readonly graph: PlanGraph;
  readonly inputs: ScopeShape['inputs'];
  readonly instances: ScopeShape['instances'];
  /** What was found of a text before, by all that it depends on. */
  readonly checks: Map<string, ExpressionCheck>;
  /** What an instance waits for, looked up once. */
  readonly dependencies: Map<string, ReadonlySet<string>>;
};

function worldOf(plan: unknown): World {
  const inputs = Object.entries(fieldsOf(fieldsOf(plan)?.['inputs']) ?? {});
  const graph = graphOf(plan);
  return {
    graph,
    inputs: Object.fromEntries(
      inputs.map(([name, input]) => {
        const { type = PLAN_DEFAULTS.inputType } = fieldsOf(input) ?? {};
        return [name, VALUE_TYPES[String(type)] ?? 'dyn'];
      }),
    ),
    instances: Object.fromEntries(
      graph.nodes.map(({ name, fields }) => [name, { isFanOut: isFanOut(fields) }]),
    ),
    checks: new Map(),
    dependencies: new Map(),
  };
}

/** What is there for the texts of an instance beside inputs, instances and orchestration. */
function variablesOf({ fields }: PlanNode, at: PlanText['at']): readonly string[] {
  const as = fieldsOf(fields['forEach'])?.['as'];
  const ofForEach = typeof as === 'string' ? as : PLAN_DEFAULTS.as;
  const item = has(fields, 'matrix') ? 'matrix' : ofForEach;
  const ofItem = isFanOut(fields) && at !== 'fan-out' ? [item, 'index'] : [];
  if (at === 'loop') return [...ofItem, 'instance', 'round', 'check'];
  return at === 'check' ? [...ofItem, 'instance', 'round'] : ofItem;
}

function shapeFor(world: World, node: PlanNode, at: PlanText['at']): ScopeShape {
  const matrix = fieldsOf(node.fields['matrix']);
  return {
    inputs: world.inputs,
    instances: world.instances,
    variables: variablesOf(node, at),
    ...(matrix && { axes: Object.keys(matrix) }),
  };
}

/** A text that must be one template and nothing else. */
function checkItems(text: string, shape: ScopeShape): ExpressionCheck {
  const [piece] = piecesOf(text.trim());
  const isSole = soleExpression(text) !== null && piece?.kind === 'expression';
  if (!isSole) return { ok: false, message: 'It must be one template and nothing else.', offset: 0 };
  const check = checkExpression(piece.text, shape);
  const before = piece.offset + text.length - text.trimStart().length;
  return check.ok ? check : { ...check, offset: before + check.offset };
}

const CHECKERS = {
  template: checkTemplate,
  shell: checkShellTemplate,
  condition: checkExpression,
  items: checkItems,
};

function checkedText(world: World, node: PlanNode, { text, kind, at }: PlanText): ExpressionCheck {
  const shape = shapeFor(world, node, at);
  const key = JSON.stringify([kind, text, shape.variables, shape.axes ?? null]);
  const known = world.checks.get(key);
  const check = known ?? CHECKERS[kind](text, shape);
  if (known === undefined) world.checks.set(key, check);
  return check;
}

const WANTED = {
  condition: {
    type: 'bool',
    code: 'plan.not_a_condition',
    words: 'true or false',
    advice: 'compare it with something, as in inputs.env == "prod".',
  },
  items: {
    type: 'list',
    code: 'plan.not_a_list',
    words: 'a list',
    advice: 'name something that is one.',
  },
} as const;

const TYPE_WORDS: Readonly<Record<ValueType, string>> = {
  bool: 'true or false',
  list: 'a list',
  string: 'text',
  number: 'a number',
  map: 'keys and values',
  dyn: 'anything',
};

function typeBreach({ path, kind }: PlanText, type: ValueType): RuleBreach[] {
  if (kind === 'template' || kind === 'shell' || type === 'dyn' || type === WANTED[kind].type) return [];
  const { code, words, advice } = WANTED[kind];
  const message = `${fieldOf(path)} must give ${words}, but gives ${TYPE_WORDS[type]}: ${advice}`;
  return [{ path, code, message, expected: words }];
}

/** True for what an instance waits for, directly or through others. */
function waitsFor(world: World, { name }: PlanNode, other: string): boolean {
  if (world.graph.links.get(name)?.some(({ to }) => to === other) === true) return true;
  const known = world.dependencies.get(name);
  const found = known ?? dependenciesOf(name, world.graph);
  if (known === undefined) world.dependencies.set(name, found);
  return found.has(other);
}

/** Where a text names an instance, as an offset. */
function offsetOf(text: string, name: string): number {
  const places = [`instances.${name}`, `instances["${name}"]`, `instances['${name}']`, name];
  return Math.max(0, places.map((place) => text.indexOf(place)).find((at) => at !== -1) ?? 0);
}

function strangerBreach({ path, text }: PlanText, node: PlanNode, name: string): RuleBreach {
  const isSelf = name === node.name;
  const field = fieldOf(path);
  const message = isSelf
    ? `${field} names the instance itself, of which nothing is known yet: in a check, write instance.`
    : `${field} names "${shown(name)}", which "${shown(node.name)}" does not wait for: add it to dependsOn of "${shown(node.name)}".`;
  return {
    path,
    code: isSelf ? 'plan.self_reference' : 'plan.not_a_dependency',
    message,
    expected: 'a dependency of the instance',
    within: offsetOf(text, name),
  };
}

/** Whether an instance runs is asked before its workspace is there, and so are no files. */
function fileBreach({ path, kind, at }: PlanText, files: readonly string[]): RuleBreach[] {
  if (kind !== 'condition' || at !== 'start' || files.length === 0) return [];
  const message = `${fieldOf(path)} reads ${shown(files[0] ?? '')}, but a condition is asked before files can be read: ask in check, or of another instance's result.`;
  return [{ path, code: 'plan.expression', message, expected: 'a condition without file(…)' }];
}

/** What is wrong with a text when it is read for an instance. */
function textBreaches(world: World, node: PlanNode, place: PlanText): readonly RuleBreach[] {
  const isTemplate = place.kind === 'template' || place.kind === 'shell';
  if (isTemplate && !place.text.includes('{{')) return [];
  if (place.kind === 'items' && !ITEMS.test(place.text)) return []; // said by the schema
  const check = checkedText(world, node, place);
  if (!check.ok) {
    const message = `${fieldOf(place.path)} cannot be worked out: ${check.message}`;
    const expected = 'an expression in CEL';
    return [{ path: place.path, code: 'plan.expression', message, expected, within: check.offset }];
  }
  const strangers = check.instances.filter((name) => !waitsFor(world, node, name));
  return [
    ...typeBreach(place, check.type),
    ...fileBreach(place, check.files),
    ...strangers.map((name) => strangerBreach(place, node, name)),
  ];
}

/** The texts of an instance with what it has from `defaults` and the plan; not those of its fallbacks. */
function wholeTexts({ fields, path }: PlanNode, plan: Fields): readonly PlanText[] {
  const defaults = fieldsOf(plan['defaults']) ?? {};
  const inherited = inheritedBy(fields, defaults);
  const hasPlace = has(fields, 'workspace') || has(defaults, 'workspace');
  return [
    ...textsOf(fields, path),
    ...textsOf(inherited, ['defaults']),
    ...(hasPlace ? [] : textsOf({ workspace: plan['workspace'] }, [])),
  ];
}

/** The texts of all that may be tried in an instance's place. */
function fallbackTexts({ fields, path }: PlanNode, plan: Fields, graph: PlanGraph): readonly PlanText[] {
  const isOwn = has(fields, 'fallback');
  const holder = isOwn ? fields : (fieldsOf(plan['defaults']) ?? {});
  const place = isOwn ? path : ['defaults'];
  return listOf(holder['fallback']).flatMap((item, index) => {
    const alternative = fieldsOf(item) ?? {};
    const other = graph.byName.get(String(alternative['instance']));
    return other ? wholeTexts(other, plan) : textsOf(alternative, [...place, 'fallback', index]);
  });
}

/** What the templates and conditions of anything that may be a plan break, each breach once. */
export function textRuleBreaches(plan: unknown): readonly RuleBreach[] {
  const world = worldOf(plan);
  const fields = fieldsOf(plan) ?? {};
  const breaches = world.graph.nodes.flatMap((node) => {
    if (node.fields['standby'] === true) return []; // read where it steps in
    const texts = [
      ...wholeTexts(node, fields),
      ...orderTextsOf(node.fields, node.path),
      ...fallbackTexts(node, fields, world.graph),
    ];
    return texts.flatMap((text) => textBreaches(world, node, text));
  });
  return [
    ...new Map(breaches.map((breach) => [JSON.stringify([breach.path, breach.message]), breach])).values(),
  ];
}
