import { parse } from 'yaml';
import { z } from 'zod';
import type { JsonValue } from '../../../shared/domain/plan/plan-spec.ts';

export type FrontMatter = {
  readonly values: Readonly<Record<string, JsonValue>>;
  /** What comes after it. */
  readonly body: string;
  /** Why there are no values where some are written. */
  readonly problem: string | null;
};

const valuesSchema = z.record(z.string(), z.json());

const fence = /^---[ \t]*(?:\r?\n|$)/;
const closing = /^---[ \t]*\r?$/m;

/** The YAML between two lines of three dashes at the very start of a text; null when it has none. */
const split = (text: string): { readonly yaml: string; readonly body: string } | null => {
  const start = fence.exec(text);
  if (start === null) return null;
  const rest = text.slice(start[0].length);
  const end = closing.exec(rest);
  if (end === null) return null;
  return { yaml: rest.slice(0, end.index), body: rest.slice(end.index + end[0].length).replace(/^\n/, '') };
};

/** People write `description: fix: the thing` and `argument-hint: [a] [b]`: such values count as plain text. */
const quoted = (yaml: string): string =>
  yaml
    .split('\n')
    .map((line) => {
      const [, key, value] = /^([A-Za-z_-]+):[ \t]+([^\s"'].*?)[ \t]*\r?$/.exec(line) ?? [];
      return key === undefined || value === undefined ? line : `${key}: ${JSON.stringify(value)}`;
    })
    .join('\n');

const valuesOf = (yaml: string): Readonly<Record<string, JsonValue>> =>
  valuesSchema.parse(parse(yaml, { logLevel: 'error', uniqueKeys: false }) ?? {});

const reasonOf = (error: unknown): string => {
  if (error instanceof z.ZodError) return 'it is no list of keys and values';
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.replace(/:$/, '');
};

const read = (yaml: string): Pick<FrontMatter, 'values' | 'problem'> => {
  try {
    return { values: valuesOf(yaml), problem: null };
  } catch (error) {
    try {
      return { values: valuesOf(quoted(yaml)), problem: null };
    } catch {
      return { values: {}, problem: `The front matter cannot be read: ${reasonOf(error)}.` };
    }
  }
};

/** Reads a Markdown text with or without front matter. Never throws: what cannot be read is left out, and said. */
export const frontMatterOf = (source: string): FrontMatter => {
  const text = source.replace(/^\uFEFF/, '');
  const parts = split(text);
  if (parts === null) return { values: {}, body: text, problem: null };
  return { ...read(parts.yaml), body: parts.body };
};
