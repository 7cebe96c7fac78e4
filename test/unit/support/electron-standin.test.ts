import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codec } from '../../support/electron-standin/codec.ts';
import {
  createInstanceLock,
  type SecondInstance,
} from '../../support/electron-standin/main/single-instance.ts';
import { createPortTable } from '../../support/electron-standin/ports.ts';

describe('the codec', () => {
  it('gives back what structured clone gives back', () => {
    const cloneable = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: false,
      withNullPrototype: false,
    });
    fc.assert(
      fc.property(cloneable, (value) => {
        const [sent, received] = [structuredClone(value), codec.decode(codec.encode(value))];
        expect(received).toStrictEqual(sent);
      }),
    );
  });

  it('keeps cycles and shared references', () => {
    const shared = { name: 'shared' };
    const value = { first: shared, second: [shared], self: {} as object };
    value.self = value;
    const received = codec.decode(codec.encode(value)) as typeof value;
    expect(received.self).toBe(received);
    expect(received.second[0]).toBe(received.first);
  });

  it('keeps an object that looks like one of its own tags', () => {
    const value = { $t: 'date', v: [1, { $t: 'ref' }] };
    expect(codec.decode(codec.encode(value))).toEqual(value);
  });

  it('refuses what cannot be cloned, in the words of Electron', () => {
    expect(() => codec.encode({ run: () => 1 })).toThrow('An object could not be cloned.');
  });
});

describe('the port table', () => {
  const placeOf = (): {
    readonly got: string[];
    readonly deliver: (wire: string) => void;
    closed: () => void;
  } => {
    const got: string[] = [];
    return { got, deliver: (wire) => got.push(wire), closed: () => got.push('closed') };
  };

  it('keeps messages until the receiving port is placed, in order', () => {
    const table = createPortTable();
    const [first, second] = table.createPair();
    const place = placeOf();
    table.send(first, 'one');
    table.send(first, 'two');
    table.place(second, place);
    table.send(first, 'three');
    expect(place.got).toEqual(['one', 'two', 'three']);
  });

  it('tells the other end when a port is closed, and forgets both', () => {
    const table = createPortTable();
    const [first, second] = table.createPair();
    const place = placeOf();
    table.place(second, place);
    table.close(first);
    table.send(first, 'late');
    expect(place.got).toEqual(['closed']);
    expect(table.size()).toBe(0);
  });

  it('tells at once where a port is placed whose other end is closed already', () => {
    const table = createPortTable();
    const [first, second] = table.createPair();
    const place = placeOf();
    table.close(first);
    table.place(second, place);
    expect(place.got).toEqual(['closed']);
  });
});

describe('the single-instance lock', () => {
  const hello: SecondInstance = {
    argv: ['app', 'plan.yaml'],
    workingDirectory: '/',
    additionalData: { a: 1 },
  };

  const inFolder = async (run: (folder: string) => Promise<void>): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), 'instance-lock-'));
    await run(folder);
    await rm(folder, { recursive: true });
  };

  it('belongs to the first, which hears of the second', () =>
    inFolder(async (folder) => {
      const heard = Promise.withResolvers<SecondInstance>();
      const first = createInstanceLock(() => folder, heard.resolve);
      const second = createInstanceLock(() => folder, heard.reject);
      expect(first.request(hello)).toBe(true);
      expect(second.request(hello)).toBe(false);
      expect(await heard.promise).toEqual(hello);
      await second.settled();
      first.release();
      expect(second.request(hello)).toBe(true);
      second.release();
    }));

  it('is taken over from a process that is gone', () =>
    inFolder(async (folder) => {
      const lockFile = join(folder, 'standin-instance.lock');
      await writeFile(lockFile, String(2 ** 22 + 1));
      const lock = createInstanceLock(
        () => folder,
        () => undefined,
      );
      expect(lock.request(hello)).toBe(true);
      expect(await readFile(lockFile, 'utf8')).toBe(String(process.pid));
      lock.release();
    }));
});
