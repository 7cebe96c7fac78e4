/**
 * One step of the schema, forward only. Once released its `sql` never changes: a checksum of it is kept. One that `rewrites`
 * changes what is stored, not only adds to it: the database is copied first.
 */
export type Migration = {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly rewrites?: true;
};
