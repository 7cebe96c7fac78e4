import { describe, expect, it } from 'vitest';
import type { AttemptExit } from '../../../../../src/main/claude/stream/outcome.ts';
import { outcomeOf } from '../../../../../src/main/claude/stream/outcome.ts';
import { fixture, fixtureNames, foldOf, pushBytes } from '../fixtures.ts';

const evidenceOf = (stdout: Parameters<typeof foldOf>[0], stderr = '') => {
  const fold = foldOf(stdout);
  pushBytes(fold, 'stderr', [Buffer.from(stderr)]);
  return fold.evidence();
};

const recorded = (name: string, exit?: AttemptExit) => {
  const run = fixture(name);
  const seen = exit ?? { exitCode: run.exit.code, signal: run.exit.signal };
  return outcomeOf(evidenceOf(run.stdout, run.exit.stderr), seen);
};

const failures: Readonly<Record<string, readonly [code: string, words: string]>> = {
  'bad-flag': ['claude.bad_arguments', "argument 'bogus' is invalid"],
  'bad-resume': ['claude.session_unknown', 'No conversation found'],
  'connection-cut': ['claude.killed', 'SIGKILL'],
  'max-budget': ['claude.max_budget', 'Reached maximum budget ($0.001)'],
  'max-turns': ['claude.max_turns', 'Reached maximum number of turns (1)'],
  'not-logged-in': ['claude.not_signed_in', 'Please run /login'],
  overloaded: ['claude.overloaded', 'at capacity'],
  'session-id-in-use': ['claude.session_in_use', 'is already in use'],
  sigint: ['claude.interrupted', 'resume the session'],
  sigkill: ['claude.killed', 'SIGKILL'],
  sigterm: ['claude.killed', 'SIGTERM'],
};

const init = { type: 'system', subtype: 'init', session_id: 's', model: 'claude-opus-5-5' };
const success = { type: 'result', subtype: 'success', is_error: false, result: 'done' };
const apiError = (status: number | null, result: string) => ({
  type: 'result',
  subtype: 'success',
  is_error: true,
  terminal_reason: 'api_error',
  api_error_status: status,
  result,
});
const retry = (error: string, status: number) => ({
  type: 'system',
  subtype: 'api_retry',
  attempt: 1,
  max_retries: 10,
  retry_delay_ms: 500,
  error,
  error_status: status,
});
const exited = (exitCode: number): AttemptExit => ({ exitCode, signal: null });
const unseen: AttemptExit = { exitCode: null, signal: null };

describe('a structured result', () => {
  const outcome = (...lines: readonly object[]) =>
    outcomeOf(foldOf([init, ...lines], { wantsStructured: true }).evidence(), exited(0))?.code;
  const given = { ...success, structured_output: { a: 1 } };
  const notified = { ...success, origin: { kind: 'task-notification' } };

  it('that was asked for and did not come is a failure', () => {
    expect(outcome(success)).toBe('instance.invalid_result');
    expect(outcome(given)).toBeUndefined();
    expect(outcome(given, success)).toBe('instance.invalid_result');
  });

  it('stays when Claude then hears of a background task', () => {
    expect(outcome(given, notified)).toBeUndefined();
  });
});

describe('the outcome of a recorded run', () => {
  it.each(Object.entries(failures))(
    '%s fails with its code and in the words of the CLI',
    (name, [code, words]) => {
      const failure = recorded(name);
      expect(failure?.code).toBe(code);
      expect(failure?.message).toContain(words);
    },
  );

  it.each(fixtureNames.filter((name) => !(name in failures)))('%s is a success', (name) => {
    expect(recorded(name)).toBeNull();
  });

  it.each(fixtureNames.filter((name) => !(name in failures)))(
    '%s is a success though nobody saw how it ended',
    (name) => {
      expect(recorded(name, unseen)).toBeNull();
    },
  );

  it('is the same for a failed result that nobody saw end', () => {
    expect(recorded('max-turns', unseen)?.code).toBe('claude.max_turns');
    expect(recorded('not-logged-in', unseen)?.code).toBe('claude.not_signed_in');
  });
});

describe('the outcome', () => {
  it.each([
    ['claude.auth_failed', [init, apiError(401, 'Invalid API key')], exited(1)],
    [
      'claude.auth_failed',
      [init, retry('authentication_failed', 401)],
      { exitCode: null, signal: 'SIGTERM' },
    ],
    ['claude.rate_limited', [init, apiError(429, 'Too many requests')], exited(1)],
    ['claude.overloaded', [init, apiError(529, 'Overloaded')], exited(1)],
    ['claude.api_error', [init, apiError(500, 'Internal error')], exited(1)],
    ['claude.crashed', [init], exited(1)],
    ['claude.crashed', [init], unseen],
    ['claude.crashed', [init, success], exited(3)],
    ['claude.no_output', [], exited(0)],
    ['claude.no_output', [], unseen],
    ['claude.killed', [], { exitCode: null, signal: 'SIGKILL' }],
  ])('is %s (%#)', (code, lines, exit) => {
    expect(outcomeOf(evidenceOf(lines), exit)?.code).toBe(code);
  });

  it('is garbage when what was printed is no stream, with a word of it', () => {
    const failure = outcomeOf(evidenceOf('Welcome to Emacs\nbye\n'), exited(0));
    expect(failure?.code).toBe('claude.garbage');
    expect(failure?.message).toContain('Welcome to Emacs');
  });

  it('goes by the last result when a turn was interrupted and the next one went well', () => {
    const interrupted = { type: 'result', subtype: 'error_during_execution', is_error: true };
    expect(outcomeOf(evidenceOf([init, interrupted, success]), exited(0))).toBeNull();
  });

  it('does not take the words of a page for the failure of the run', () => {
    const quoted = {
      ...success,
      result: 'The log says: Not logged in. No conversation found with session ID: 7',
    };
    expect(outcomeOf(evidenceOf([init, quoted]), exited(0))).toBeNull();
  });

  it('keeps what it says of stderr to its last line, and short', () => {
    const failure = outcomeOf(evidenceOf([init], `warning\n${'x'.repeat(5000)}\n`), exited(1));
    expect(failure?.message).toContain('x…');
    expect(failure?.message).not.toContain('warning');
    expect(failure?.message.length).toBeLessThan(500);
  });
});
