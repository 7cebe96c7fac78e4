import { initial } from './0001-initial.ts';
import { records } from './0002-records.ts';
import { library } from './0003-library.ts';
import type { Migration } from './migration.ts';

/** All steps of the schema, in order; versions run from 1 without a gap. */
export const migrations: readonly Migration[] = [initial, records, library];
