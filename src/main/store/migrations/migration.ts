/** One step of the schema, forward only. Once released its `sql` never changes: a checksum of it is kept. */
export type Migration = { readonly version: number; readonly name: string; readonly sql: string };
