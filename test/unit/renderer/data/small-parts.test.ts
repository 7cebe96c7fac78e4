import { describe, expect, it } from 'vitest';
import { activityLine, permissionWords } from '../../../../src/renderer/data/activity.ts';
import { createFrameQueue } from '../../../../src/renderer/data/frame-queue.ts';
import { openPreferences } from '../../../../src/renderer/data/preferences.ts';
import { createThroughput } from '../../../../src/renderer/data/throughput.ts';
import { instantOf } from '../../../../src/shared/domain/ids.ts';
import { fakeInstance } from '../../../support/fake-data.ts';

describe('a frame queue', () => {
  it('gives everything of a frame at once, in order', () => {
    const frames: (() => void)[] = [];
    const applied: (readonly number[])[] = [];
    const queue = createFrameQueue<number>(
      (items) => applied.push(items),
      (run) => {
        frames.push(run);
        return () => undefined;
      },
    );
    queue.push(1);
    queue.push(2);
    expect(frames).toHaveLength(1);
    frames[0]?.();
    queue.push(3);
    frames[1]?.();
    expect(applied).toEqual([[1, 2], [3]]);
  });
});

describe('throughput', () => {
  it('is unknown until enough was seen', () => {
    const rate = createThroughput(0);
    rate.add(100, 1000);
    expect(rate.perMinute(4999)).toBeNull();
    expect(rate.perMinute(10_000)).toBe(600);
  });

  it('forgets what is older than a minute', () => {
    const rate = createThroughput(0);
    rate.add(6000, 1000);
    rate.add(60, 70_000);
    expect(rate.perMinute(90_000)).toBe(60);
  });
});

describe('preferences', () => {
  const shelf = (text: string | null) => {
    const kept = { text };
    return {
      kept,
      getItem: () => kept.text,
      setItem: (_key: string, value: string) => void (kept.text = value),
    };
  };

  it('are remembered', () => {
    const one = shelf(null);
    openPreferences(one).setState({ theme: 'dark', sidebarWidth: 300 });
    expect(openPreferences(one).getState()).toMatchObject({
      theme: 'dark',
      sidebarWidth: 300,
      overview: 'tiles',
    });
  });

  it('fall back one by one where the stored text makes no sense', () => {
    expect(
      openPreferences(shelf('{"theme":"pink","sidebarWidth":9999,"overview":"table"}')).getState(),
    ).toMatchObject({
      theme: 'system',
      sidebarWidth: 236,
      overview: 'table',
    });
    expect(openPreferences(shelf('not json')).getState().theme).toBe('system');
  });
});

describe('the words of a question', () => {
  const question = (toolName: string, input: Record<string, unknown>) => ({
    requestId: 'r',
    toolName,
    toolUseId: null,
    description: null,
    input,
    askedAt: instantOf(0),
  });

  it('name the exact command or file', () => {
    expect(permissionWords(question('Bash', { command: 'rm -rf dist' }))).toMatchObject({
      title: 'Bash wants to run',
      detail: 'rm -rf dist',
    });
    expect(permissionWords(question('Edit', { file_path: 'a.ts', old_string: 'x' }))).toMatchObject({
      detail: 'a.ts',
    });
  });

  it('show the whole input of a tool that is not known', () => {
    expect(permissionWords(question('mcp__db__query', { sql: 'select 1' })).detail).toContain('select 1');
  });

  it('are the activity of an instance that waits', () => {
    const waiting = fakeInstance(
      { number: 1, name: 'one', state: 'waiting', questions: [question('Bash', { command: 'ls\nrm x' })] },
      0,
    );
    expect(activityLine(waiting)).toBe('Bash wants to run ls');
  });
});
