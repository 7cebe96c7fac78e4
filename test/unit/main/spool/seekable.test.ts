import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginCompression, compressFile } from '../../../../src/main/spool/compress-file.ts';
import { expandSpool } from '../../../../src/main/spool/expand-spool.ts';
import { openCompressed, readSpool } from '../../../../src/main/spool/read-spool.ts';
import { SpoolDamage } from '../../../../src/main/spool/seek-table.ts';
import { createSeekableWriter } from '../../../../src/main/spool/seekable-writer.ts';
import { attemptIdSchema } from '../../../../src/shared/domain/ids.ts';
import { temporaryDirectory } from '../../../support/store/temporary-directory.ts';

const attemptId = attemptIdSchema.parse('01a206cc-ea4a-770f-82d4-7715ee933e53');

/** Bytes of all kinds around the size of a frame: noise, which does not compress, and text, which does. */
const bytesArbitrary = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 2_000 }),
      fc
        .tuple(fc.string({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 12_000 }))
        .map(([text, times]) => Buffer.from(text.repeat(times))),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts));

const written = async (bytes: Uint8Array, pieces = [bytes]): Promise<string> => {
  const path = join(await temporaryDirectory(), 'file.zst');
  const writer = createSeekableWriter(path);
  for (const piece of pieces) writer.write(piece);
  expect(writer.end().rawBytes).toBe(bytes.length);
  return path;
};

const readRange = async (path: string, from: number, length: number) => {
  const file = await openCompressed(path);
  try {
    return { size: file.size, bytes: await file.read(from, length) };
  } finally {
    await file.close();
  }
};

describe('a compressed file', () => {
  it('gives any range of any bytes, however they were written', async () => {
    await fc.assert(
      fc.asyncProperty(
        bytesArbitrary,
        fc.nat(600_000),
        fc.nat(600_000),
        fc.nat(600_000),
        async (bytes, ...at) => {
          const [cut, from, length] = at;
          const path = await written(bytes, [bytes.subarray(0, cut), bytes.subarray(cut)]);
          const read = await readRange(path, from, length);
          expect(read.size).toBe(bytes.length);
          expect(read.bytes.equals(bytes.subarray(from, from + length))).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is known for no whole one when it is cut anywhere', async () => {
    const whole = await readFile(await written(Buffer.from('a line of a stream\n'.repeat(40_000))));
    const path = join(await temporaryDirectory(), 'cut.zst');
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async (end) => {
        await writeFile(path, whole.subarray(0, end));
        await expect(openCompressed(path)).rejects.toThrow(SpoolDamage);
      }),
      { numRuns: 100 },
    );
  });

  it('gives no wrong bytes when some of it were changed', async () => {
    const bytes = Buffer.from('a line of a stream\n'.repeat(40_000));
    const path = await written(bytes);
    const whole = await readFile(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ change;
        await writeFile(path, changed);
        const read = await readRange(path, 0, bytes.length).catch((error: unknown) => error);
        if (read instanceof Error) expect(read).toBeInstanceOf(SpoolDamage);
        else expect(read).toMatchObject({ bytes });
      }),
      { numRuns: 100 },
    );
  });

  it.skipIf(spawnSync('zstd', ['--version']).status !== 0)("is read by the system's zstd", async () => {
    const bytes = Buffer.from('a line of a stream\n'.repeat(40_000));
    expect(execFileSync('zstd', ['-dc', await written(bytes)], { maxBuffer: 2e6 }).equals(bytes)).toBe(true);
  });
});

describe("an attempt's spool", () => {
  it('is read the same before and after it is compressed, and can be made what it was', async () => {
    const folder = await temporaryDirectory();
    const path = join(folder, `${attemptId}.ndjson`);
    const bytes = Buffer.from('{"a line":"of a stream"}\n'.repeat(30_000));
    await writeFile(path, bytes);
    const range = async () => {
      const spool = await readSpool(folder, attemptId, 'stdout');
      const part = await spool.read(400_000, 25);
      await spool.close();
      return part.toString();
    };
    const before = await range();
    compressFile(path);
    expect(await readdir(folder)).toEqual([`${attemptId}.ndjson.zst`]);
    expect(await range()).toBe(before);
    await expandSpool(folder, attemptId);
    expect(await readFile(path)).toEqual(bytes);
    expect(existsSync(`${path}.part`)).toBe(false);
  });

  it('that is nowhere cannot be read', async () => {
    await expect(readSpool(await temporaryDirectory(), attemptId, 'stderr')).rejects.toThrow('ENOENT');
  });
});

describe('a file that is removed while it is compressed', () => {
  it('does not come back, and leaves nothing beside it', async () => {
    const folder = await temporaryDirectory();
    const path = join(folder, 'a.ndjson');
    await writeFile(path, 'line\n'.repeat(1000));
    const compression = beginCompression(path);
    expect(compression.step()).toBe(false);
    await rm(path);
    expect(compression.step()).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });
});
