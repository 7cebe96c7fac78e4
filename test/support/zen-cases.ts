import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parsePlan } from '../../src/shared/domain/plan/plan-parse.ts';
import { resolvePlan } from '../../src/shared/domain/plan/plan-resolve.ts';
import type { ResolvedPlan } from '../../src/shared/domain/plan/plan-spec.ts';

const caseSchema = z.object({
  id: z.string(),
  area: z.string(),
  input: z.record(z.string(), z.json()),
  expected: z.json(),
  verdict: z.enum(['match', 'zen-bug', 'surpass', 'optional']),
  better: z.json().optional(),
  note: z.string().optional(),
});
export type ZenCase = z.infer<typeof caseSchema>;

const file = new URL('../fixtures/zen-cases.json', import.meta.url);

/** What zen was seen to do, row by row, and whether that is right. */
export const zenCases: readonly ZenCase[] = z.array(caseSchema).parse(JSON.parse(readFileSync(file, 'utf8')));

const GUESSED =
  'Claude Code never prints this line: zen guessed at other formats, here it is kept as it is, uncounted';
const COMMAND =
  'netra stands for zen: its commands and flags have their own names and exit codes (docs/cli.md)';
const LOOK =
  'figures look alike everywhere in our own console and command: two digits of a smaller unit, k below M, none cut below 10,000';
const TABLE = 'zen drew this in its status table, which ours does not have';
const ESTIMATE = 'tokens of tools are not estimated: they are part of the input that is counted exactly';

/** Rows that do not apply to us, each with why. */
export const notOurs: Readonly<Record<string, string>> = {
  'usage-06': GUESSED,
  'usage-07': GUESSED,
  'usage-08': GUESSED,
  'usage-16': GUESSED,
  'usage-18': GUESSED,
  'tools-01': GUESSED,
  'tools-02': GUESSED,
  'tools-03': GUESSED,
  'tools-08':
    'a result without its call is not counted under a guessed name; Claude Code always prints the call',
  'tools-11':
    'a result without its call is not counted under a guessed name; Claude Code always prints the call',
  'tools-12': ESTIMATE,
  'tools-13': ESTIMATE,
  'tools-16': ESTIMATE,
  'tools-17': ESTIMATE,
  'model-01':
    'the price table has the models that can still be run; one that it does not know is said to be unknown',
  'model-02': 'models are named as the API names them; other spellings are not guessed at',
  'model-03': 'models are named as the API names them; other spellings are not guessed at',
  'model-06': 'models are named as the API names them; other spellings are not guessed at',
  'model-17': GUESSED,
  'model-18': GUESSED,
  'model-21': 'which cache was written is in usage.cache_creation, and taken from there',
  'model-22': 'which cache was written is in usage.cache_creation, and taken from there',
  'budget-11': 'optional: zen turns tokens into dollars at one made-up rate; here each costs what it costs',
  'format-06': LOOK,
  'format-11': LOOK,
  'format-16': LOOK,
  'format-17': LOOK,
  'format-21': LOOK,
  'format-22': TABLE,
  'format-23': TABLE,
  'format-26': TABLE,
  'format-27': TABLE,
  'format-28': TABLE,
  'format-31': TABLE,
  'format-32': TABLE,
  'format-33': TABLE,
  'format-36': TABLE,
  'format-37': TABLE,
  'format-38': TABLE,
  'format-41': TABLE,
  'format-42': TABLE,
  'format-43': TABLE,
  'exit-08': '1d is a time that we understand (schedule-37); one that nobody does is wrong input and gives 2',
  'exit-11': COMMAND,
  'exit-13': 'a plan without instances is a mistake that is told, and gives 2',
  'exit-16': COMMAND,
};

/** The rows of an area that are run against our code, each with its name. */
export const eachOf = (area: string): readonly (readonly [string, ZenCase])[] =>
  zenCases
    .filter((each) => each.area === area && !Object.hasOwn(notOurs, each.id))
    .map((each) => [each.id, each]);

/** The plan of a config of zen with one instance. */
export const plannedOf = (instance: unknown, more: object = {}): ResolvedPlan => {
  const reading = parsePlan(JSON.stringify({ instances: [instance], ...more }));
  if (!reading.ok) throw new Error(reading.problems.map(({ message }) => message).join('\n'));
  return resolvePlan(reading.plan, { baseDir: '/repo', inputs: {}, now: 0 });
};

/** What a row asks for: zen's own outcome where that was right, else the better one. */
export const wanted = ({ verdict, expected, better }: ZenCase): unknown =>
  verdict === 'match' ? expected : (better ?? expected);
