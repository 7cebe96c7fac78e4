import { didYouMean } from '../did-you-mean.ts';
import { companionBreaches, choiceBreaches, fieldsOf, listOf } from './plan-breach.ts';
import type { Fields, RuleBreach } from './plan-breach.ts';
import { countOf, isFanOut } from './plan-fan-out.ts';
import { fieldOf, shown, type PlanPath } from './plan-problem.ts';

/** Rules of what the instances of a plan are to each other: dependencies and fallbacks. */

export type PlanNode = { readonly fields: Fields; readonly path: PlanPath; readonly name: string };

/** That an instance names another one, and where. */
type Link = {
  readonly from: PlanNode;
  readonly to: string;
  readonly path: PlanPath;
  readonly fields: Fields;
};

export type PlanGraph = {
  readonly nodes: readonly PlanNode[];
  readonly byName: ReadonlyMap<string, PlanNode>;
  /** The dependencies of each instance on others of the plan. */
  readonly links: ReadonlyMap<string, readonly Link[]>;
};

function linksOf(from: PlanNode): readonly Link[] {
  const place = [...from.path, 'dependsOn'];
  return listOf(from.fields['dependsOn']).flatMap((item, index) => {
    const path = [...place, index];
    if (typeof item === 'string') return [{ from, to: item, path, fields: {} }];
    const fields = fieldsOf(item) ?? {};
    const to = fields['instance'];
    return typeof to === 'string' ? [{ from, to, path: [...path, 'instance'], fields }] : [];
  });
}

/** The instances of anything that may be a plan, by name, with what they depend on. */
export function graphOf(plan: unknown): PlanGraph {
  const nodes = listOf(fieldsOf(plan)?.['instances']).flatMap((item, index) => {
    const fields = fieldsOf(item);
    const name = fields?.['name'];
    return fields && typeof name === 'string' ? [{ fields, name, path: ['instances', index] }] : [];
  });
  return {
    nodes,
    byName: new Map(nodes.toReversed().map((node) => [node.name, node])),
    links: new Map(nodes.map((node) => [node.name, linksOf(node)])),
  };
}

/** Says that a name is not that of an instance. */
function unknownInstance(name: string, path: PlanPath, graph: PlanGraph): RuleBreach {
  const names = graph.nodes.map((node) => node.name);
  const suggestion = didYouMean(name, names);
  const some = names
    .slice(0, 10)
    .map((other) => shown(other))
    .join(', ');
  const advice = suggestion === undefined ? `use one of ${some}.` : `did you mean ${shown(suggestion)}?`;
  return {
    path,
    code: 'plan.unknown_instance',
    message: `${fieldOf(path)} names "${shown(name)}", which is no instance of the plan: ${advice}`,
    expected: 'the name of an instance of the plan',
    ...(suggestion !== undefined && { suggestion }),
  };
}

function selfReference(path: PlanPath, what: string): RuleBreach {
  const message = `${fieldOf(path)} names the instance itself, which cannot ${what}: name another one.`;
  return { path, code: 'plan.self_reference', message, expected: 'another instance' };
}

function joinBreaches({ path, fields, to }: Link, target: PlanNode): RuleBreach[] {
  const join = fields['join'];
  const place = [...path.slice(0, -1), 'join'];
  if (join === undefined || join === 'all') return [];
  const breach = { path: place, code: 'plan.join', expected: 'join beside a fan-out' } as const;
  if (!isFanOut(target.fields)) {
    const message = `${fieldOf(place)} is for fan-outs, but ${shown(to)} is one instance: remove it.`;
    return [{ ...breach, message }];
  }
  const count = countOf(target.fields);
  if (typeof join !== 'number' || count === undefined || join <= count) return [];
  const message = `${fieldOf(place)} wants ${String(join)}, but ${shown(to)} comes to ${String(count)} instances: write ${String(count)} or less, or all.`;
  return [{ ...breach, message }];
}

function linkBreaches(link: Link, graph: PlanGraph): RuleBreach[] {
  const { from, to, path } = link;
  if (to === from.name) return [selfReference(path, 'wait for itself')];
  const target = graph.byName.get(to);
  if (target === undefined) return [unknownInstance(to, path, graph)];
  if (target.fields['standby'] !== true) return joinBreaches(link, target);
  const message = `${fieldOf(path)} names "${shown(to)}", which is on standby and never runs by itself: name the instance that it steps in for.`;
  return [{ path, code: 'plan.standby', message, expected: 'an instance that is not on standby' }];
}

/** What is wrong with the entries of `dependsOn` by themselves. */
function entryBreaches({ fields, path }: PlanNode): RuleBreach[] {
  return listOf(fields['dependsOn']).flatMap((item, index) => {
    const entry = fieldsOf(item);
    if (entry === undefined) return [];
    const place = [...path, 'dependsOn', index];
    const among = ['instance', 'orchestration'];
    return [
      ...choiceBreaches(entry, place, among),
      ...companionBreaches(entry, place, 'join', { beside: ['instance'], among }),
      ...companionBreaches(entry, place, 'run', { beside: ['orchestration'], among }),
    ];
  });
}

function namesOfCycle(cycle: readonly string[]): string {
  const names = cycle.length <= 10 ? cycle : [...cycle.slice(0, 8), '…', ...cycle.slice(-1)];
  return names.map((name) => shown(name)).join(' → ');
}

function cycleBreach(cycle: readonly string[], { path }: Link): RuleBreach {
  return {
    path,
    code: 'plan.cycle',
    message: `These instances wait for each other, so that none of them would ever start: ${namesOfCycle(cycle)}. Take one of the dependencies out.`,
    expected: 'a dependency that does not lead back',
  };
}

/** Every dependency that closes a cycle, found from one start. `done` has the instances that were looked at before. */
function cyclesFrom(start: string, { links }: PlanGraph, done: Set<string>): RuleBreach[] {
  const found: RuleBreach[] = [];
  const way = new Set<string>(); // from the start to here, without recursion: plans may be long
  const steps: { readonly name: string; readonly rest: Iterator<Link> }[] = [];
  const enter = (name: string) => {
    way.add(name);
    steps.push({ name, rest: (links.get(name) ?? [])[Symbol.iterator]() });
  };
  enter(start);
  for (let step = steps.at(-1); step !== undefined; step = steps.at(-1)) {
    const { name, rest } = step;
    const next = rest.next();
    if (next.done === true) {
      steps.pop();
      way.delete(name);
      done.add(name);
      continue;
    }
    const { to } = next.value;
    if (to === name || done.has(to)) continue;
    if (way.has(to)) found.push(cycleBreach([...[...way].slice([...way].indexOf(to)), to], next.value));
    else enter(to);
  }
  return found;
}

function cycleBreaches(graph: PlanGraph): RuleBreach[] {
  const done = new Set<string>();
  return graph.nodes.flatMap(({ name }) => (done.has(name) ? [] : cyclesFrom(name, graph, done)));
}

type Fallback = { readonly to: string; readonly path: PlanPath; readonly owner: string | undefined };

function fallbacksOf(fields: Fields, path: PlanPath, owner?: string): readonly Fallback[] {
  return listOf(fields['fallback']).flatMap((item, index) => {
    const to = fieldsOf(item)?.['instance'];
    return typeof to === 'string' ? [{ to, path: [...path, 'fallback', index, 'instance'], owner }] : [];
  });
}

function fallbackBreaches(plan: unknown, graph: PlanGraph): RuleBreach[] {
  const defaults = fieldsOf(fieldsOf(plan)?.['defaults']) ?? {};
  const fallbacks = [
    ...fallbacksOf(defaults, ['defaults']),
    ...graph.nodes
      .filter(({ fields }) => fields['standby'] !== true)
      .flatMap(({ fields, path, name }) => fallbacksOf(fields, path, name)),
  ];
  const used = new Set(fallbacks.map(({ to }) => to));
  return [
    ...fallbacks.flatMap(({ to, path, owner }) => {
      if (to === owner) return [selfReference(path, 'step in for itself')];
      return graph.byName.has(to) ? [] : [unknownInstance(to, path, graph)];
    }),
    ...graph.nodes.flatMap(({ fields, path, name }): RuleBreach[] => {
      if (fields['standby'] !== true || used.has(name)) return [];
      const message = `"${shown(name)}" is on standby, but is the fallback of no instance, so that it would never run: write fallback: [{ instance: ${shown(name)} }] where it shall step in, or remove standby.`;
      const expected = 'an instance that has it as a fallback';
      return [{ path: [...path, 'standby'], code: 'plan.standby', message, expected, part: 'key' }];
    }),
  ];
}

/** What the instances of a plan are to each other that they cannot be. */
export function graphBreaches(plan: unknown): readonly RuleBreach[] {
  const graph = graphOf(plan);
  return [
    ...graph.nodes.flatMap(entryBreaches),
    ...graph.nodes.flatMap(({ name }) =>
      (graph.links.get(name) ?? []).flatMap((link) => linkBreaches(link, graph)),
    ),
    ...cycleBreaches(graph),
    ...fallbackBreaches(plan, graph),
  ];
}

/** The names of all instances that an instance waits for, directly or through others. */
export function dependenciesOf(name: string, { links }: PlanGraph): ReadonlySet<string> {
  const found = new Set<string>();
  for (const rest = [name]; rest.length > 0;) {
    for (const { to } of links.get(rest.pop() ?? '') ?? []) {
      if (!found.has(to)) rest.push(to);
      found.add(to);
    }
  }
  return found;
}
