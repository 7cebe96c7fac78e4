import { describe, expect, it } from 'vitest';
import { processEntry } from '../../../../src/main/claude/process-table.ts';

const rest = '4194304 100 0 0 0 1 2 0 0 20 0 11 0 987654 1000 200 18446744073709551615';

describe('a line of /proc/PID/stat', () => {
  it('gives the group, the session and when the process started', () => {
    expect(processEntry(`42 (node) S 7 40 39 0 -1 ${rest}`)).toEqual({
      pid: 42,
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
