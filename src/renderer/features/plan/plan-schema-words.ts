import { z } from 'zod';
import { ITEM, type YamlPlace } from './yaml-place.ts';

/** The parts of JSON Schema that the schema of plans is made of. */
export type SchemaNode = {
  readonly $ref?: string | undefined;
  readonly type?: string | readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly examples?: readonly unknown[] | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly properties?: Readonly<Record<string, SchemaNode>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: SchemaNode | undefined;
  readonly anyOf?: readonly SchemaNode[] | undefined;
  readonly oneOf?: readonly SchemaNode[] | undefined;
  readonly definitions?: Readonly<Record<string, SchemaNode>> | undefined;
};

/** Reads the JSON Schema that the engine gives; what is not known here is left out. */
export const schemaNodeSchema: z.ZodType<SchemaNode> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    description: z.string().optional(),
    default: z.unknown().optional(),
    examples: z.array(z.unknown()).optional(),
    enum: z.array(z.unknown()).optional(),
    properties: z.record(z.string(), schemaNodeSchema).optional(),
    required: z.array(z.string()).optional(),
    items: schemaNodeSchema.optional(),
    anyOf: z.array(schemaNodeSchema).optional(),
    oneOf: z.array(schemaNodeSchema).optional(),
    definitions: z.record(z.string(), schemaNodeSchema).optional(),
  }),
);

/** Something that may be written at a place. */
export type PlanOption = {
  readonly label: string;
  /** What is put there. */
  readonly insert: string;
  readonly detail: string;
  readonly info: string | null;
};

const REFERENCES_MOST = 20;

/** A node and all that it may be instead. */
const forms = (root: SchemaNode, node: SchemaNode, left = REFERENCES_MOST): readonly SchemaNode[] => {
  if (left === 0) return [];
  const name = node.$ref?.replace(/^#\/definitions\//, '');
  const target = name === undefined ? undefined : root.definitions?.[name];
  const others = [...(target === undefined ? [] : [target]), ...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  return [node, ...others.flatMap((other) => forms(root, other, left - 1))];
};

/** The schema of what stands at a path; null where the schema says nothing. */
export const schemaAt = (root: SchemaNode, path: readonly string[]): SchemaNode | null => {
  let node = root;
  for (const step of path) {
    const found = forms(root, node)
      .map((form) => (step === ITEM ? form.items : form.properties?.[step]))
      .find((next) => next !== undefined);
    if (found === undefined) return null;
    node = found;
  }
  return node;
};

const typeText = (root: SchemaNode, node: SchemaNode): string => {
  const types = forms(root, node).flatMap(({ type, enum: values }) => {
    if (values !== undefined) return ['choice'];
    return type === undefined ? [] : typeof type === 'string' ? [type] : [...type];
  });
  return [...new Set(types)].join(' or ');
};

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

const written = (value: string | number | boolean): string => {
  const text = String(value);
  const needsQuotes = typeof value === 'string' && (/[:#\[\]{},&*!|>'"%@`]/.test(text) || text === '');
  return needsQuotes ? `'${text.replaceAll("'", "''")}'` : text;
};

const holds = (root: SchemaNode, node: SchemaNode, type: string): boolean =>
  forms(root, node).some((form) => form.type === type);

const keyOptions = (
  root: SchemaNode,
  node: SchemaNode,
  siblings: readonly string[],
): readonly PlanOption[] => {
  const all = forms(root, node);
  const required = new Set(all.flatMap((form) => form.required ?? []));
  return [...new Map(all.flatMap((form) => Object.entries(form.properties ?? {})))]
    .filter(([key]) => !siblings.includes(key))
    .map(([key, own]) => ({
      label: key,
      insert: holds(root, own, 'object') || holds(root, own, 'array') ? `${key}:` : `${key}: `,
      detail: required.has(key) ? `${typeText(root, own)}, required` : typeText(root, own),
      info: docsOf(own),
    }));
};

const valueOptions = (root: SchemaNode, node: SchemaNode): readonly PlanOption[] => {
  const all = forms(root, node);
  const choices = all.flatMap((form) => form.enum ?? []).filter(isScalar);
  const booleans = holds(root, node, 'boolean') ? [true, false] : [];
  const examples = all.flatMap((form) => form.examples ?? []).filter(isScalar);
  const values = choices.length > 0 ? choices : booleans.length > 0 ? booleans : examples;
  return [...new Set(values)].map((value) => ({
    label: String(value),
    insert: written(value),
    detail: value === node.default ? 'default' : choices.length > 0 ? '' : 'example',
    info: node.description ?? null,
  }));
};

/** What may be written at a place of a plan: keys that are not there yet, or values. */
export const optionsAt = (root: SchemaNode, place: YamlPlace): readonly PlanOption[] => {
  const node = schemaAt(root, place.path);
  if (node === null) return [];
  const keys = place.kind === 'key' ? keyOptions(root, node, place.siblings) : [];
  return keys.length > 0 ? keys : valueOptions(root, node);
};

/** What a key means, in a few lines. */
export const docsOf = (node: SchemaNode): string | null => {
  if (node.description === undefined) return null;
  const [example] = node.examples ?? [];
  return [
    node.description,
    ...(node.default === undefined ? [] : [`Default: ${JSON.stringify(node.default)}`]),
    ...(node.enum === undefined ? [] : [`One of: ${node.enum.map(String).join(', ')}`]),
    ...(example === undefined || node.enum !== undefined
      ? []
      : [`Example: ${isScalar(example) ? String(example) : JSON.stringify(example)}`]),
  ].join('\n');
};
