import type { Database } from 'better-sqlite3';
import {
  asksForDeleted,
  type SearchQuery,
  type SearchTerm,
} from '../../../shared/domain/search/search-query.ts';
import { foldName } from './fold-name.ts';

type Values = Record<string, string | number>;

/** A condition on rows of `facets` (as `f`) and the values of its parameters, whose names begin with `q`. */
export type Conditions = { readonly where: string; readonly values: Readonly<Values> };

export type ConditionOptions = {
  /** What the duration of one that runs counts up to, in epoch milliseconds. */
  readonly now: number;
  /** Keys of the orchestrations in whose events a text is found; without it, events are not looked at. */
  readonly inEvents?: (term: Extract<SearchTerm, { kind: 'text' }>) => readonly number[];
  /** The deleted ones too, whether the query asks for them or not. */
  readonly withDeleted?: boolean;
};

const figureColumns = {
  cost: 'f.cost_micro_usd',
  tokens: 'f.tokens',
  instances: 'f.instances',
  duration: '(coalesce(f.ended_at, @qNow) - f.started_at)',
} as const;

const among = (select: string): string => `f.orchestration_key IN (${select})`;

const fieldCondition = (term: Extract<SearchTerm, { kind: 'field' }>, text: string): string => {
  const whole = (column: string): string =>
    term.prefix ? `substr(${column}, 1, length(${text})) = ${text}` : `${column} = ${text}`;
  switch (term.field) {
    case 'name':
      return `instr(f.name, ${text}) > 0`;
    case 'plan':
      return `instr(f.plan, ${text}) > 0`;
    case 'workspace':
      return `instr(fold(f.workspace), ${text}) > 0`;
    case 'user':
      return `instr(fold(f.owner), ${text}) > 0`;
    case 'label':
      return among(`SELECT orchestration_key FROM labels WHERE ${whole('label')}`);
    case 'model':
      return among(
        `SELECT orchestration_key FROM used WHERE kind = 'model' AND instr(fold(name), ${text}) > 0`,
      );
    case 'tool':
      return among(`SELECT orchestration_key FROM used WHERE kind = 'tool' AND ${whole('fold(name)')}`);
  }
};

/** Gives each value its parameter. */
const createParameters = (values: Values) => {
  let count = 0;
  return (value: string | number): string => {
    count += 1;
    values[`q${String(count)}`] = value;
    return `@q${String(count)}`;
  };
};

type Parameter = ReturnType<typeof createParameters>;

const textCondition = (
  term: Extract<SearchTerm, { kind: 'text' }>,
  parameter: Parameter,
  { inEvents }: ConditionOptions,
): string => {
  const text = parameter(foldName(term.text));
  const keys = inEvents === undefined ? null : parameter(JSON.stringify(inEvents(term)));
  return [
    `instr(f.name, ${text}) > 0`,
    `instr(f.plan, ${text}) > 0`,
    `instr(coalesce(f.note, ''), ${text}) > 0`,
    among(`SELECT orchestration_key FROM instances WHERE instr(name, ${text}) > 0`),
    among(`SELECT orchestration_key FROM labels WHERE instr(label, ${text}) > 0`),
    ...(keys === null ? [] : [among(`SELECT value FROM json_each(${keys})`)]),
  ].join(' OR ');
};

const termCondition = (term: SearchTerm, parameter: Parameter, options: ConditionOptions): string => {
  switch (term.kind) {
    case 'text':
      return textCondition(term, parameter, options);
    case 'field':
      return fieldCondition(term, parameter(foldName(term.text)));
    case 'state':
      return `f.state = ${parameter(term.state)}`;
    case 'origin':
      return `f.origin = ${parameter(term.origin)}`;
    case 'is':
      return term.mark === 'pinned' ? 'f.pinned = 1' : 'f.deleted_at IS NOT NULL';
    case 'figure':
      return `${figureColumns[term.field]} ${term.comparison} ${parameter(term.value)}`;
  }
};

/** Gives a connection the functions that the conditions use. */
export const prepareConditions = (db: Database): void => {
  db.function('fold', { deterministic: true }, (text: unknown) =>
    typeof text === 'string' ? foldName(text) : text,
  );
};

/**
 * The orchestrations that a query is for: those that began within its times, without the deleted ones unless it asks for
 * them. The connection must have had `prepareConditions`.
 */
export const conditionsOf = (query: SearchQuery, options: ConditionOptions): Conditions => {
  const values: Values = {};
  const parameter = createParameters(values);
  const withDeleted = options.withDeleted === true || asksForDeleted(query);
  const parts = withDeleted ? [] : ['f.deleted_at IS NULL'];
  for (const terms of query.clauses) {
    const any = terms.map((term) => `${term.not ? 'NOT ' : ''}(${termCondition(term, parameter, options)})`);
    parts.push(`(${any.join(' OR ')})`);
  }
  if (query.after !== null) parts.push(`f.started_at >= ${parameter(query.after)}`);
  if (query.before !== null) parts.push(`f.started_at < ${parameter(query.before)}`);
  const where = parts.length === 0 ? 'TRUE' : parts.join(' AND ');
  if (where.includes('@qNow')) values['qNow'] = options.now;
  return { where, values };
};
