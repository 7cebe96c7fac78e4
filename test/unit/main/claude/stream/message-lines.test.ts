import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { blocksOf } from '../../../../../src/main/claude/stream/message-lines.ts';
import { parseLine } from '../../../../../src/main/claude/stream/stream-schema.ts';

/** What the readers written by hand must answer, said as schemas. */
const text = z.string().nullable().catch(null);
const figure = z.number().nullable().catch(null);
const flag = z.boolean().nullable().catch(null);
const usage = z
  .object({
    input_tokens: figure,
    output_tokens: figure,
    cache_creation_input_tokens: figure,
    cache_read_input_tokens: figure,
    cache_creation: z.object({ ephemeral_1h_input_tokens: figure }).nullable().catch(null),
  })
  .nullable()
  .catch(null);
const start = { id: text, model: text, usage };
const orNull = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null);

const block = z.object({
  ...{ type: z.string(), text, thinking: text, id: text, name: text, tool_use_id: text, is_error: flag },
  ...{ input: z.unknown().optional(), content: z.unknown().optional() },
});

const lines = {
  assistant: z.object({
    type: z.literal('assistant'),
    message: z.object({ ...start, content: z.unknown().optional() }),
    ...{ parent_tool_use_id: text, timestamp: text, error: text, aborted: flag },
  }),
  user: z.object({
    type: z.literal('user'),
    message: z.object({ content: z.unknown().optional() }),
    ...{ parent_tool_use_id: text, timestamp: text },
  }),
  stream_event: z.object({
    type: z.literal('stream_event'),
    event: z.object({
      ...{ type: z.string(), index: figure, usage },
      message: orNull(z.object(start)),
      delta: orNull(z.object({ type: text, text, thinking: text, partial_json: text })),
    }),
    ...{ parent_tool_use_id: text, ttft_ms: figure },
  }),
};

/** An object that has some of the fields, each with a value of its kind or with none of it. */
const withSome = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<object> =>
  fc.record(
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        fc.oneof({ weight: 3, arbitrary: value }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) }),
      ]),
    ),
    { requiredKeys: [] },
  );

const [aText, aFigure, aFlag] = [fc.string(), fc.double({ noNaN: true }), fc.boolean()];
const aUsage = withSome({
  input_tokens: aFigure,
  output_tokens: aFigure,
  cache_creation_input_tokens: aFigure,
  cache_read_input_tokens: aFigure,
  cache_creation: withSome({ ephemeral_1h_input_tokens: aFigure }),
});
const aBlock = withSome({
  ...{ type: aText, text: aText, thinking: aText, id: aText, name: aText, tool_use_id: aText },
  ...{ is_error: aFlag, input: fc.jsonValue(), content: fc.jsonValue() },
});
const aMessage = withSome({ id: aText, model: aText, usage: aUsage, content: fc.array(aBlock) });
const aDelta = withSome({ type: aText, text: aText, thinking: aText, partial_json: aText });
const anEvent = withSome({
  ...{ type: aText, index: aFigure, usage: aUsage, message: aMessage, delta: aDelta },
});
const aLine = withSome({
  ...{ message: aMessage, event: anEvent, parent_tool_use_id: aText, timestamp: aText, error: aText },
  ...{ aborted: aFlag, ttft_ms: aFigure },
});

const cameAs = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('the lines that are read by hand', () => {
  it.each(['assistant', 'user', 'stream_event'] as const)('are what a schema would say: %s', (type) => {
    fc.assert(
      fc.property(aLine, (fields) => {
        const line = cameAs({ ...fields, type });
        const wanted = lines[type].safeParse(line);
        expect(parseLine(JSON.stringify(line))).toEqual(
          wanted.success ? { kind: 'known', line: wanted.data } : { kind: 'unknown' },
        );
      }),
      { numRuns: 500 },
    );
  });

  it('have the blocks that a schema would find', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(aBlock, fc.jsonValue({ maxDepth: 1 }))), (content) => {
        const values = cameAs(content);
        const wanted = values.flatMap((value) => block.safeParse(value).data ?? []);
        expect(blocksOf(values)).toEqual(wanted);
      }),
      { numRuns: 500 },
    );
  });

  it('take a figure that is too large for a number as none', () => {
    const line = '{"type":"assistant","message":{"usage":{"input_tokens":1e999}}}';
    expect(parseLine(line)).toMatchObject({ line: { message: { usage: { input_tokens: null } } } });
  });
});
