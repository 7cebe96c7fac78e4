import { describe, expect, it } from 'vitest';
import {
  processEntry,
  processesInPs,
  sharedLooks,
} from '../../../../../src/main/claude/process/process-table.ts';

const rest = '4194304 100 0 0 0 1 2 0 0 20 0 11 0 987654 1000 200 18446744073709551615';

describe('a line of /proc/PID/stat', () => {
  it('gives the group, the session and when the process started', () => {
    expect(processEntry(`42 (node) S 7 40 39 0 -1 ${rest}`)).toEqual({
      pid: 42,
      parent: 7,
      state: 'S',
      group: 40,
      session: 39,
      startTicks: '987654',
    });
  });

  it('is not confused by the name, which may hold anything', () => {
    expect(processEntry(`42 (a) Z 1 (b) c) R 7 40 39 0 -1 ${rest}`)).toMatchObject({ state: 'R', group: 40 });
  });

  it('is nothing when it is something else', () => {
    expect(processEntry('')).toBeNull();
    expect(processEntry('42 (node)')).toBeNull();
  });
});

describe('what ps of macOS prints', () => {
  const output = `    1     0     1 Ss   /sbin/launchd
  812   800   812 S+   /usr/local/bin/node cli.js PATH=/bin NETRA_ATTEMPT_ID=one HOME=/Users/mia
  813   812   813 Z    (node)
  814   812   812 R
`;

  it('gives the living with parent and group', () => {
    expect(processesInPs(output).map(({ pid, parent, group }) => [pid, parent, group])).toEqual([
      [1, 0, 1],
      [812, 800, 812],
      [814, 812, 812],
    ]);
  });

  it('tells who carries a variable, value and all', async () => {
    const [, node] = processesInPs(output);
    expect(await node?.carries('NETRA_ATTEMPT_ID', 'one')).toBe(true);
    expect(await node?.carries('NETRA_ATTEMPT_ID', 'on')).toBe(false);
    expect(await node?.carries('HOME', '/Users')).toBe(false);
  });
});

describe('looks that are shared', () => {
  const open = () => {
    const begun: PromiseWithResolvers<number>[] = [];
    const look = sharedLooks(() => {
      const one = Promise.withResolvers<number>();
      begun.push(one);
      return one.promise;
    });
    return { begun, look };
  };

  it('begin after they were asked for, one for all who ask meanwhile', async () => {
    const { begun, look } = open();
    const first = look();
    const later = [look(), look(), look()];
    expect(begun).toHaveLength(1);
    begun[0]?.resolve(1);
    expect(await first).toBe(1);
    begun[1]?.resolve(2);
    expect(await Promise.all(later)).toEqual([2, 2, 2]);
    expect(begun).toHaveLength(2);
  });

  it('go on after one that failed', async () => {
    const { begun, look } = open();
    const first = look();
    const second = look();
    begun[0]?.reject(new Error('unreadable'));
    await expect(first).rejects.toThrow('unreadable');
    begun[1]?.resolve(2);
    expect(await second).toBe(2);
    const third = look();
    begun[2]?.resolve(3);
    expect(await third).toBe(3);
  });
});
