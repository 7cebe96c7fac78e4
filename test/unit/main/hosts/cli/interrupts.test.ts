import { afterEach, describe, expect, it } from 'vitest';
import { onInterrupts, type Interrupts } from '../../../../../src/main/hosts/cli/interrupts.ts';

let interrupts: Interrupts | null = null;

afterEach(() => interrupts?.end());

describe('Ctrl-C', () => {
  it('counts once when a wrapper such as npx passes it on, and again when it is pressed again', () => {
    let time = 5000;
    const done: string[] = [];
    interrupts = onInterrupts([() => done.push('stop'), () => done.push('kill')], () => time);
    process.emit('SIGINT', 'SIGINT');
    time += 3;
    process.emit('SIGINT', 'SIGINT');
    expect(done).toEqual(['stop']);
    time += 200;
    process.emit('SIGINT', 'SIGINT');
    expect(done).toEqual(['stop', 'kill']);
    expect(interrupts.exitCode()).toBe(130);
  });
});
