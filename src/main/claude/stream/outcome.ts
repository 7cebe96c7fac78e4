import { constants } from 'node:os';
import type { Failure } from '../../../shared/domain/failure.ts';
import { oneLine } from './cut.ts';
import type { AttemptEvidence } from './fold-state.ts';
import { saysUsageLimit } from './usage-limit.ts';

/** How the process ended. Both null: nobody could ask, for it ended while no engine was there. */
export type AttemptExit = { readonly exitCode: number | null; readonly signal: string | null };

/**
 * What an attempt came to: null for a success, else what went wrong, in the CLI's own words where it has any, and what
 * to do. The last result decides; the exit code only where there is none. So an exit that nobody saw is a success when
 * the last result is one. (Ends of a run: the table in the CLI's notes, tested on all fixtures.)
 */
export const outcomeOf = (evidence: AttemptEvidence, exit: AttemptExit): Failure | null => {
  const { lastResult } = evidence;
  const isGoodExit = exit.signal === null && (exit.exitCode === null || exit.exitCode === 0);
  if (lastResult !== null && !lastResult.isError && isGoodExit) {
    return evidence.lacksResult ? noStructuredResult : null;
  }
  const rule = rules.find(({ applies }) => applies(evidence, exit));
  return rule === undefined
    ? failed('claude.crashed', crashText(exit), words(evidence))
    : failed(rule.code, rule.advice(exit), words(evidence));
};

const noStructuredResult: Failure = {
  code: 'instance.invalid_result',
  message:
    'It ended without a result that fits the schema: say in the prompt that one is wanted, or make the schema simpler.',
};

/** What an attempt comes to that was interrupted. */
export const interruptedFailure: Failure = {
  code: 'claude.interrupted',
  message: 'It was interrupted in the middle of a turn; resume the session to go on.',
};

type Rule = {
  readonly code: string;
  readonly applies: (evidence: AttemptEvidence, exit: AttemptExit) => boolean;
  readonly advice: (exit: AttemptExit) => string;
};

const says = (pattern: RegExp) => (evidence: AttemptEvidence) => pattern.test(words(evidence));

const errorIs =
  (...errors: readonly string[]) =>
  (evidence: AttemptEvidence) =>
    errors.includes(evidence.messageError ?? evidence.retrying?.error ?? '');

const statusIs =
  (...statuses: readonly number[]) =>
  (evidence: AttemptEvidence) =>
    statuses.includes(evidence.lastResult?.apiErrorStatus ?? evidence.retrying?.status ?? 0);

const isApiError = ({ lastResult, messageError }: AttemptEvidence): boolean =>
  lastResult !== null && (lastResult.terminalReason === 'api_error' || messageError !== null);

const hasFailedResult = ({ lastResult }: AttemptEvidence): boolean => lastResult?.isError === true;

const endedBySignal = ({ exitCode, signal }: AttemptExit): boolean =>
  signal !== null || (exitCode !== null && exitCode > 128 && exitCode < 160);

const always = (text: string) => () => text;

/** In order: what the CLI says outright, then what kind of result it was, then how the process ended. */
const rules: readonly Rule[] = [
  {
    code: 'claude.session_in_use',
    applies: says(/Session ID \S+ is already in use/),
    advice: always('Take another session id, or resume that session.'),
  },
  {
    code: 'claude.session_unknown',
    applies: says(/No conversation found with session ID/),
    advice: always('Check the session id and that it runs in the workspace where the session was made.'),
  },
  {
    code: 'claude.not_signed_in',
    applies: (evidence) => isApiError(evidence) && says(/not logged in|please run \/login/i)(evidence),
    advice: always('Sign in with `claude auth login`, or set a credential, and run it again.'),
  },
  {
    code: 'claude.auth_failed',
    applies: (evidence) =>
      (isApiError(evidence) || evidence.retrying !== null) &&
      (errorIs('authentication_failed', 'oauth_org_not_allowed')(evidence) || statusIs(401, 403)(evidence)),
    advice: always(
      'The API does not accept the credential: check it, or sign in again with `claude auth login`.',
    ),
  },
  {
    code: 'claude.usage_limit',
    applies: (evidence) =>
      isApiError(evidence) && (evidence.usageLimit !== null || saysUsageLimit(words(evidence))),
    advice: always('The usage limit of the account is reached: it goes on when the limit resets.'),
  },
  {
    code: 'claude.rate_limited',
    applies: (evidence) =>
      isApiError(evidence) && (errorIs('rate_limit')(evidence) || statusIs(429)(evidence)),
    advice: always('The rate limit of the account is reached: run it again later, or run fewer at once.'),
  },
  {
    code: 'claude.overloaded',
    applies: (evidence) =>
      isApiError(evidence) && (errorIs('overloaded')(evidence) || statusIs(529, 503)(evidence)),
    advice: always('The API has no capacity at the moment: run it again in a while.'),
  },
  {
    code: 'claude.max_turns',
    applies: ({ lastResult }) =>
      lastResult?.subtype === 'error_max_turns' || lastResult?.terminalReason === 'max_turns',
    advice: always('Raise `maxTurns`, or resume the session to go on.'),
  },
  {
    code: 'claude.max_budget',
    applies: ({ lastResult }) =>
      lastResult?.subtype === 'error_max_budget_usd' || lastResult?.terminalReason === 'budget_exhausted',
    advice: always('Raise `maxBudgetUsd`, or resume the session to go on.'),
  },
  {
    code: 'instance.invalid_result',
    applies: ({ lastResult }) => lastResult?.subtype === 'error_max_structured_output_retries',
    advice: always(
      'No result fitted the schema: say in the prompt what is wanted, or make the schema simpler.',
    ),
  },
  {
    code: interruptedFailure.code,
    applies: ({ lastResult }) => lastResult?.terminalReason?.startsWith('aborted') === true,
    advice: always(interruptedFailure.message),
  },
  {
    code: 'claude.api_error',
    applies: (evidence) => hasFailedResult(evidence),
    advice: always('The turn ended with an error: see its last messages.'),
  },
  {
    code: 'claude.killed',
    applies: (_evidence, exit) => endedBySignal(exit),
    advice: (exit) => `It was ended by ${signalName(exit)} before it was done; resume the session to go on.`,
  },
  {
    code: 'claude.bad_arguments',
    applies: ({ known, stderrTail }) => known === 0 && /^error: /m.test(stderrTail),
    advice: always('Claude Code does not take these arguments: change the plan, or update Claude Code.'),
  },
  {
    code: 'claude.garbage',
    applies: ({ known, broken }) => known === 0 && broken > 0,
    advice: always(
      'What was run prints no stream of Claude Code: check which program it is with `netra doctor`.',
    ),
  },
  {
    code: 'claude.no_output',
    applies: ({ known }) => known === 0,
    advice: (exit) => `It ended without printing anything${exitText(exit)}: check it with \`netra doctor\`.`,
  },
];

const crashText = (exit: AttemptExit): string =>
  `It ended${exitText(exit)} in the middle of its work; resume the session to go on.`;

const exitText = ({ exitCode }: AttemptExit): string =>
  exitCode === null ? '' : ` with exit code ${exitCode}`;

/** A shell's exit code above 128 stands for the signal that ended it: Claude Code reports SIGTERM as 143. */
const signalName = ({ exitCode, signal }: AttemptExit): string => {
  const number = (exitCode ?? 128) - 128;
  const named = Object.entries(constants.signals).find(([, value]) => value === number);
  return signal ?? named?.[0] ?? `signal ${number}`;
};

/** What the CLI itself said last about what went wrong; empty when it said nothing. */
const words = ({ lastResult, stderrTail, firstBroken, known }: AttemptEvidence): string => {
  const said = lastResult?.isError === true ? [lastResult.text ?? '', ...lastResult.errors] : [];
  const own = said.filter((text) => text !== '' && !text.startsWith('[ede_diagnostic]'));
  if (own.length > 0) return own.join('; ');
  const lastError = stderrTail.trim().split('\n').at(-1) ?? '';
  return lastError !== '' || known > 0 ? lastError : (firstBroken ?? '');
};

const failed = (code: string, advice: string, said: string): Failure => {
  const quote = oneLine(said, 300);
  return { code, message: quote === '' ? advice : `${advice} Claude Code said: ${quote}` };
};
