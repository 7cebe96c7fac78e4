import type { Failure } from '../../shared/domain/failure.ts';
import type { AttemptEvidence } from './attempt-fold.ts';

/** How the process ended. Both null: nobody could ask, for it ended while no engine was there. */
export type AttemptExit = { readonly exitCode: number | null; readonly signal: string | null };

/** What an attempt came to: null for a success, else what went wrong and what to do. */
export declare const outcomeOf: (evidence: AttemptEvidence, exit: AttemptExit) => Failure | null;
