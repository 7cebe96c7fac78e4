import { z } from 'zod';

const bound = z.number().optional();

const typeName = z.enum(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']);

/** The words of JSON Schema that `accepts` knows. A schema with any other is refused, not half understood. */
const nodeSchema = z.strictObject({
  $schema: z.string().optional(),
  $id: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  examples: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  format: z.string().optional(), // always with the pattern that says the same
  definitions: z.record(z.string(), z.unknown()).optional(),
  $ref: z.string().optional(),
  type: z.union([typeName, z.array(typeName)]).optional(),
  enum: z.array(z.unknown()).optional(),
  pattern: z.string().optional(),
  minimum: bound,
  maximum: bound,
  minItems: bound,
  minProperties: bound,
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.union([z.literal(false), z.record(z.string(), z.unknown())]).optional(),
  propertyNames: z.unknown().optional(),
  allOf: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
});
type Node = z.infer<typeof nodeSchema>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function hasType(type: Node['type'], value: unknown): boolean {
  if (type === undefined) return true;
  if (Array.isArray(type)) return type.some((each) => hasType(each, value));
  if (type === 'object') return isRecord(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'null') return value === null;
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function acceptsScalar(node: Node, value: unknown): boolean {
  if (typeof value === 'string')
    return node.pattern === undefined || new RegExp(node.pattern, 'u').test(value);
  if (typeof value !== 'number') return true;
  return value >= (node.minimum ?? -Infinity) && value <= (node.maximum ?? Infinity);
}

function acceptsObject(root: unknown, node: Node, value: unknown): boolean {
  if (!isRecord(value)) return true;
  if (node.required?.some((key) => !(key in value))) return false;
  if (Object.keys(value).length < (node.minProperties ?? 0)) return false;
  return Object.entries(value).every(([key, inner]) => {
    if (node.propertyNames !== undefined && !accepts(root, key, node.propertyNames)) return false;
    const schema = node.properties?.[key] ?? node.additionalProperties;
    return schema === undefined || (schema !== false && accepts(root, inner, schema));
  });
}

function acceptsList(root: unknown, node: Node, value: unknown): boolean {
  if (!Array.isArray(value)) return true;
  if (value.length < (node.minItems ?? 0)) return false;
  return node.items === undefined || value.every((item) => accepts(root, item, node.items));
}

function acceptsChoice(root: unknown, node: Node, value: unknown): boolean {
  const matches = (choices: readonly unknown[]) =>
    choices.filter((each) => accepts(root, value, each)).length;
  if (node.enum && !node.enum.includes(value)) return false;
  if (node.allOf && matches(node.allOf) < node.allOf.length) return false;
  if (node.anyOf && matches(node.anyOf) === 0) return false;
  return !node.oneOf || matches(node.oneOf) === 1;
}

/** True when a value follows a JSON Schema (draft 7, the part that plans use). */
export function accepts(root: unknown, value: unknown, schema: unknown = root): boolean {
  const node = nodeSchema.parse(schema);
  if (node.$ref !== undefined) {
    const name = node.$ref.replace('#/definitions/', '');
    return accepts(root, value, nodeSchema.parse(root).definitions?.[name]);
  }
  return (
    hasType(node.type, value) &&
    acceptsScalar(node, value) &&
    acceptsObject(root, node, value) &&
    acceptsList(root, node, value) &&
    acceptsChoice(root, node, value)
  );
}
