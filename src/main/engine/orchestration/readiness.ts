import { isFinal, type InstanceState } from '../../../shared/domain/instance.ts';
import type { Dependency, InstanceSpec, Need } from '../../../shared/domain/plan/plan-spec.ts';

/** Whether a place of the plan may start: it may, it waits for something, or what it needs can never be any more. */
export type Verdict =
  | { readonly kind: 'ready' }
  | { readonly kind: 'waits'; readonly reason: string }
  | { readonly kind: 'never'; readonly reason: string };

/**
 * Keeps, for each place of a plan, whether its dependencies are met, at a cost per change that depends on its own
 * dependents alone. A place has one instance, or as many as its fan-out comes to; until that is known it has none.
 */
export interface Readiness {
  verdict(position: number): Verdict;
  /** An instance of the place went from one state to another (null: it is new); gives the places whose verdict changed. */
  changed(position: number, from: InstanceState | null, to: InstanceState): readonly number[];
  /** The place is a fan-out, and all its instances are there now (`changed` was called for each). */
  settled(position: number): readonly number[];
  /** The place is a fan-out that came to nothing, `state` was told of it, and it may come to something now. */
  unsettled(position: number, state: InstanceState): readonly number[];
  /** A dependency on another orchestration turned out so. */
  external(position: number, dependency: Dependency, outcome: EdgeOutcome): readonly number[];
}

export type EdgeOutcome = 'met' | 'waits' | 'never';

type Edge = {
  readonly dependency: Dependency;
  outcome: EdgeOutcome;
};

type Place = {
  readonly position: number;
  readonly edges: readonly Edge[];
  readonly dependents: { readonly place: Place; readonly edge: Edge }[];
  /** False for a fan-out whose instances are not known. */
  isKnown: boolean;
  members: number;
  ended: number;
  succeeded: number;
  finished: number;
  waiting: number;
  impossible: number;
};

const meets = (state: InstanceState, need: Need): boolean => {
  if (need === 'succeeded') return state === 'succeeded';
  return need === 'any' ? isFinal(state) : state === 'succeeded' || state === 'failed';
};

const outcomeOf = (place: Place, need: Need, join: 'all' | number): EdgeOutcome => {
  if (!place.isKnown) return 'waits';
  const met = need === 'succeeded' ? place.succeeded : need === 'finished' ? place.finished : place.ended;
  const wanted = join === 'all' ? place.members : join;
  if (met >= wanted) return 'met';
  return met + place.members - place.ended < wanted ? 'never' : 'waits';
};

const nameOf = (dependency: Dependency): string =>
  dependency.kind === 'instance' ? dependency.name : `orchestration ${dependency.orchestration}`;

const wishes: Readonly<Record<Need, string>> = {
  succeeded: 'did not succeed',
  finished: 'did not run to its end',
  any: 'did not come about',
};

const namesIn = (edges: readonly Edge[]): string => {
  const names = edges.map(({ dependency }) => nameOf(dependency));
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${String(names.length - 3)} more` : shown;
};

const verdictOf = (place: Place): Verdict => {
  if (place.impossible > 0) {
    const edge = place.edges.find(({ outcome }) => outcome === 'never');
    const reason = edge === undefined ? '' : `${nameOf(edge.dependency)} ${wishes[edge.dependency.need]}`;
    return { kind: 'never', reason };
  }
  if (place.waiting === 0) return { kind: 'ready' };
  return {
    kind: 'waits',
    reason: `Waits for ${namesIn(place.edges.filter(({ outcome }) => outcome === 'waits'))}.`,
  };
};

const newPlace = (spec: InstanceSpec, position: number): Place => {
  const edges = (spec.dependsOn ?? []).map((dependency): Edge => ({ dependency, outcome: 'waits' }));
  return {
    position,
    edges,
    dependents: [],
    isKnown: spec.fanOut === undefined,
    members: 0,
    ended: 0,
    succeeded: 0,
    finished: 0,
    waiting: edges.length,
    impossible: 0,
  };
};

/** Ties the places of a plan to each other by name. */
const placesOf = (specs: readonly InstanceSpec[]): readonly Place[] => {
  const bare = specs.map(newPlace);
  const byName = new Map(bare.map((place, position) => [specs[position]?.name ?? '', place]));
  for (const place of bare) tie(place, byName);
  return bare;
};

const tie = (place: Place, byName: ReadonlyMap<string, Place>): void => {
  for (const edge of place.edges) {
    if (edge.dependency.kind !== 'instance') continue;
    const on = byName.get(edge.dependency.name);
    // The plan's checker refuses unknown names; a stored plan was checked when it was started.
    if (on === undefined) throw new RangeError(`the plan has no instance ${edge.dependency.name}`);
    on.dependents.push({ place, edge });
  }
};

/** Sets an edge; true when the verdict of its place may be another now. */
const setEdge = (place: Place, edge: Edge, outcome: EdgeOutcome): boolean => {
  if (edge.outcome === outcome) return false;
  place.waiting += Number(outcome === 'waits') - Number(edge.outcome === 'waits');
  place.impossible += Number(outcome === 'never') - Number(edge.outcome === 'never');
  edge.outcome = outcome;
  return true;
};

const tell = (place: Place): readonly number[] => {
  const changed = new Set<number>();
  for (const { place: dependent, edge } of place.dependents) {
    if (edge.dependency.kind !== 'instance') continue;
    const { need, join } = edge.dependency;
    if (setEdge(dependent, edge, outcomeOf(place, need, join))) changed.add(dependent.position);
  }
  return [...changed];
};

const count = (place: Place, state: InstanceState, by: 1 | -1): void => {
  place.members += by;
  if (!isFinal(state)) return;
  place.ended += by;
  if (meets(state, 'succeeded')) place.succeeded += by;
  if (meets(state, 'finished')) place.finished += by;
};

/** Takes the specs of a plan in its order. */
export const createReadiness = (specs: readonly InstanceSpec[]): Readiness => {
  const places = placesOf(specs);
  const placeAt = (position: number): Place => {
    const place = places[position];
    if (place === undefined) throw new RangeError(`the plan has no instance ${String(position)}`);
    return place;
  };
  return {
    verdict: (position) => verdictOf(placeAt(position)),
    changed: (position, from, to) => {
      if (from === to) return [];
      const place = placeAt(position);
      if (from !== null) count(place, from, -1);
      count(place, to, 1);
      return from !== null && !isFinal(from) && !isFinal(to) ? [] : tell(place);
    },
    settled: (position) => {
      const place = placeAt(position);
      place.isKnown = true;
      return tell(place);
    },
    unsettled: (position, state) => {
      const place = placeAt(position);
      count(place, state, -1);
      place.isKnown = false;
      return tell(place);
    },
    external: (position, dependency, outcome) => {
      const place = placeAt(position);
      const edge = place.edges.find((one) => one.dependency === dependency);
      return edge !== undefined && setEdge(place, edge, outcome) ? [position] : [];
    },
  };
};
