import { oc } from '@orpc/contract';
import { failureSchema } from '../domain/failure-schema.ts';

/** What every call of the contract starts from: its one error is `FAILURE`, with a `Failure` as data. */
export const base = oc.errors({ FAILURE: { data: failureSchema } });
