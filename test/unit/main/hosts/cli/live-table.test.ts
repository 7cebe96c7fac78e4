import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameLines, type Frame } from '../../../../../src/main/hosts/cli/live-table.ts';
import { reportLines } from '../../../../../src/main/hosts/cli/report-text.ts';
import { freshPrompt, itemsOf } from '../../../../../src/main/hosts/cli/question-prompt.ts';
import { createPaint, widthOf } from '../../../../../src/main/hosts/cli/terminal-text.ts';
import { newCourse } from '../../../../../src/shared/domain/course.ts';
import type { InstanceView } from '../../../../../src/shared/domain/instance.ts';
import {
  after,
  sampleInstance,
  sampleOrchestration,
  startMs,
  usageOfModel,
} from '../../../../support/views.ts';

const paint = createPaint(false);

const instances: readonly InstanceView[] = [
  sampleInstance({ name: 'Explain', result: 'It computes\nprices.' }),
  sampleInstance(
    {
      name: 'Refactor the parser',
      state: 'running',
      endedAt: null,
      activity: 'Bash: npm test',
      usage: usageOfModel({ inputTokens: 12_345, costMicroUsd: 15_000_000 }, 'estimated'),
    },
    1,
  ),
  sampleInstance(
    { name: 'Wait', state: 'pending', startedAt: null, endedAt: null, model: null, result: null },
    2,
  ),
];

const frame = (change: Partial<Frame> = {}): Frame => ({
  orchestration: sampleOrchestration(change.instances ?? instances, { state: 'running', endedAt: null }),
  instances,
  prompt: null,
  now: startMs + 61_000,
  columns: 130,
  rows: 30,
  paint,
  ...change,
});

describe('the live table', () => {
  it('shows what each instance is at', () => {
    expect(frameLines(frame())).toEqual([
      'nightly  ● running  1/3 done  1m01s  in 14.3k  out 468  cache 160.0k  ≈$15.25',
      'STATE        NAME                 MODEL             TIME     IN  OUT  CACHE     COST  TOOLS  LAST',
      '✓ succeeded  Explain              claude-opus-5-5  12.3s  1,000  234  80.0k  $0.1235      3  It computes prices.',
      '● running    Refactor the parser  claude-opus-5-5  1m01s  12.3k    0      0  ≈$15.00      3  Bash: npm test',
      '○ pending    Wait                 –                    –  1,000  234  80.0k  $0.1235      3  Done.',
    ]);
  });

  it('says what holds it up, which fan-outs are to come, and how far on its way an instance is', () => {
    const retrying = sampleInstance({
      name: 'Retry',
      state: 'pending',
      reason: 'the API was overloaded',
      result: null,
      course: { ...newCourse, alternative: 1, tries: 1 },
    });
    const group = { name: 'files', position: 1, reason: null, size: 0, concurrency: null };
    const orchestration = sampleOrchestration([retrying], {
      state: 'running',
      endedAt: null,
      heldBecause: 'Paused by mia.',
      groups: [
        { ...group, state: 'pending' },
        { ...group, name: 'done', state: 'expanded', size: 2 },
        { ...group, name: 'off', state: 'skipped', reason: 'lint did not succeed' },
      ],
    });
    const lines = frameLines(frame({ instances: [retrying], orchestration }));
    expect(lines.slice(1, 4)).toEqual([
      '‖ Paused by mia.',
      '○ fan-out files pending',
      '– fan-out off skipped: lint did not succeed',
    ]);
    expect(lines[5]).toContain('fallback 1, try 2: the API was overloaded');
  });

  it('leaves out columns where there is no room, the state and the name last', () => {
    expect(frameLines(frame({ columns: 60 }))).toEqual([
      expect.stringMatching(/^nightly {2}● running/),
      'STATE        NAME                  TIME  LAST',
      expect.stringMatching(/^✓ succeeded {2}Explain/),
      expect.stringMatching(/^● running {4}Refactor the parser/),
      expect.stringMatching(/^○ pending/),
    ]);
  });

  it('keeps those at work in sight when there are more than lines', () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      sampleInstance({ state: index === 33 ? 'running' : 'succeeded', name: `n${String(index)}` }, index),
    );
    const lines = frameLines(frame({ instances: many, rows: 12 }));
    expect(lines.length).toBeLessThan(12);
    expect(lines.join('\n')).toContain('● running');
    expect(lines.at(-1)).toBe('… 32 more');
  });

  it('asks below the table, with all of the command', () => {
    const question = {
      ...{ requestId: 'r', toolName: 'Bash', toolUseId: null, description: 'Remove it', askedAt: after(0) },
      input: { command: `rm -rf ./build && ${'echo long '.repeat(20)}` },
    };
    const asking = sampleInstance({ name: 'Explain', state: 'waiting', questions: [question] });
    const [item] = itemsOf([asking]);
    if (item === undefined) throw new Error('nothing is asked');
    const lines = frameLines(frame({ prompt: { prompt: freshPrompt(item), waiting: 2 }, columns: 80 }));
    expect(lines).toContain('? Explain asks to use Bash (2 more wait)');
    expect(lines.join('').replaceAll(/\s+/g, '')).toContain(question.input.command.replaceAll(/\s+/g, ''));
    expect(lines.at(-1)).toBe('[y] allow once   [i] this instance   [a] always   [n] deny');
  });

  it('never is wider than the terminal nor lets an agent write to it, whatever it says', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(text, text, fc.integer({ min: 20, max: 200 }), (name, activity, columns) => {
        const hostile = [sampleInstance({ name: `${name}\u001b[2J`, activity, state: 'running' })];
        for (const line of frameLines(frame({ instances: hostile, columns }))) {
          expect(widthOf(line)).toBeLessThanOrEqual(columns);
          expect(line).not.toMatch(/[\p{Cc}\u202e\u2028]/u);
        }
      }),
    );
  });
});

describe('the report for people', () => {
  it('says what became of each, what failed and what to do, and what it came to', () => {
    const failure = { code: 'claude.overloaded', message: 'Run it again in a while.' };
    const ended = [
      sampleInstance({ name: 'Explain' }),
      sampleInstance({ name: 'Translate', state: 'failed', failure, result: null, said: null }, 1),
    ];
    const lines = reportLines(sampleOrchestration(ended, { state: 'failed' }), ended, {
      ...{ now: after(15_000), width: 120, paint },
    });
    expect(lines).toEqual([
      'nightly  ✗ failed  15.0s  00000000-0000-7000-8000-000000000001',
      '',
      'STATE        NAME       MODEL             TIME     IN  OUT  CACHE     COST  TOOLS  LAST',
      '✓ succeeded  Explain    claude-opus-5-5  12.3s  1,000  234  80.0k  $0.1235      3  Done.',
      '✗ failed     Translate  claude-opus-5-5  12.3s  1,000  234  80.0k  $0.1235      3',
      '',
      '✗ Translate: Run it again in a while. (claude.overloaded)',
      '',
      'Total  in 2,000 · out 468 · cache write 40.0k · cache read 120.0k · cache hits 74.1% · tools 6 · cost $0.2469',
    ]);
  });
});
