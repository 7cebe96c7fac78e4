import { describe, expect, it } from 'vitest';
import { eventLine } from '../../../../../src/main/hosts/cli/event-line.ts';
import { createPaint } from '../../../../../src/main/hosts/cli/terminal-text.ts';
import type { EventBody } from '../../../../../src/shared/domain/event.ts';
import { after, sampleInstance } from '../../../../support/views.ts';

const { id: instanceId, orchestrationId } = sampleInstance();

/** The line of an event without its time and name. */
const lineOf = (body: EventBody): string | null => {
  const event = {
    orchestrationId,
    seq: 1,
    instanceId,
    n: 0,
    attemptId: null,
    at: after(0),
    source: null,
    body,
  };
  return eventLine(event, 'work', createPaint(false))?.replace(/^\d\d:\d\d:\d\d {2}work {2}/, '') ?? null;
};

describe('the line of an event', () => {
  it('says what people do to an orchestration and its instances', () => {
    expect(lineOf({ type: 'orchestration.control', action: 'pause', by: 'ada', detail: null })).toBe(
      'ada paused it',
    );
    expect(
      lineOf({ type: 'orchestration.control', action: 'scale', by: 'ada', detail: 'all: 3 at a time' }),
    ).toBe('ada changed how many run at the same time: all: 3 at a time');
    expect(lineOf({ type: 'instance.control', action: 'pause', by: 'ada', detail: 'paused by ada' })).toBe(
      'ada asked to pause it',
    );
    expect(lineOf({ type: 'instance.control', action: 'skip', by: 'ada', detail: null })).toBe(
      'ada asked to skip it',
    );
  });

  it('says what comes after an attempt that did not do', () => {
    const next = { type: 'instance.next', reason: 'Try 2 of 3: overloaded', at: null } as const;
    expect(lineOf({ ...next, how: 'retry' })).toBe('tries again: Try 2 of 3: overloaded');
    expect(lineOf({ ...next, how: 'retry', at: after(60_000) })).toMatch(
      /^tries again at \d\d:\d\d:\d\d: Try 2/,
    );
    expect(lineOf({ ...next, how: 'round', at: after(0) })).toBe(
      'goes into another round: Try 2 of 3: overloaded',
    );
  });

  it('gives the last line of a check that did not pass', () => {
    expect(lineOf({ type: 'check.finished', passed: false, exitCode: 1, output: 'ran 3\n2 failed\n' })).toBe(
      'its check did not pass (exit code 1): 2 failed',
    );
    expect(lineOf({ type: 'check.finished', passed: true, exitCode: 0, output: 'ok' })).toBe(
      'its check passed',
    );
  });

  it('says how many a fan-out comes to, or why it did not come about', () => {
    const group = { type: 'group.changed', name: 'files', reason: null } as const;
    expect(lineOf({ ...group, state: 'expanded', size: 1 })).toBe('fan-out files comes to 1 instance');
    expect(lineOf({ ...group, state: 'skipped', size: 0, reason: 'lint failed' })).toBe(
      'fan-out files skipped: lint failed',
    );
  });

  it('lets nothing through that would move the cursor', () => {
    const escape = '\u001b[2J';
    const bodies: readonly EventBody[] = [
      { type: 'check.finished', passed: false, exitCode: 1, output: `a\n${escape}b` },
      { type: 'instance.next', how: 'fallback', reason: escape, at: null },
      { type: 'workspace.changed', change: 'kept', path: escape, reason: escape },
      { type: 'budget.crossed', account: 'day', threshold: 100, message: escape },
      { type: 'instance.control', action: 'edit', by: escape, detail: escape },
    ];
    for (const body of bodies) expect(lineOf(body)).not.toContain('\u001b');
  });

  it('names the rule that an answer made, and leaves out what is not worth a line', () => {
    expect(
      lineOf({
        type: 'permission.answered',
        requestId: 'r',
        decision: 'allow',
        message: null,
        by: 'ada',
        rule: 'Bash(git log:*)',
      }),
    ).toBe('ada allowed it (rule Bash(git log:*))');
    expect(lineOf({ type: 'stderr', text: 'noise' })).toBeNull();
  });
});
