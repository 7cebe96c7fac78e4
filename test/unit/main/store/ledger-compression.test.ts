import { readdir, readFile, writeFile } from 'node:fs/promises';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createLedgerCompression } from '../../../../src/main/store/ledger/compress-ledgers.ts';
import { ledgerFile, removeLedger } from '../../../../src/main/store/ledger/ledger-files.ts';
import { temporaryDirectory } from '../../../support/store/temporary-directory.ts';

const id = '01a20868-549b-7282-9663-c9123fea2e5e';
const end = { seq: 21, hash: 'h2ObhC-rVT4pxMxK' };
const whole = `{"k":"head"}\n${'{"k":"event"}\n'.repeat(3000)}`;

describe('the ledger of an orchestration that has ended', () => {
  it.each([
    ['once', ['before']],
    ['twice before it is compressed', ['before', 'before']],
    ['again while it is compressed', ['before', 'meanwhile']],
    ['again when it is compressed', ['before', 'afterwards']],
  ])('keeps all its lines when it is taken on %s', async (_, moments) => {
    const folder = await temporaryDirectory();
    const path = ledgerFile(folder, id);
    await writeFile(path, whole);
    const compression = createLedgerCompression(folder);
    const take = (moment: string): void => {
      for (const one of moments) if (one === moment) compression.add(id, end);
    };
    const finish = (): void => {
      while (compression.isBusy()) compression.step(() => false);
    };
    take('before');
    compression.step(() => false);
    take('meanwhile');
    finish();
    take('afterwards');
    finish();
    expect(zstdDecompressSync(await readFile(`${path}.zst`)).toString()).toBe(whole);
    expect(await readFile(path, 'utf8')).toContain('"end"');
  });
});

describe('ledgers that wait to be compressed', () => {
  const other = '01a20868-549b-7282-9663-c9123fea2e5f';
  it.each([
    ['before its turn', 0],
    ['while it is compressed', 1],
  ])('are compressed though one of them is removed %s', async (_, stepsBefore) => {
    const folder = await temporaryDirectory();
    const compression = createLedgerCompression(folder);
    for (const one of [id, other]) {
      await writeFile(ledgerFile(folder, one), whole);
      compression.add(one, end);
    }
    for (let step = 0; step < stepsBefore; step += 1) compression.step(() => false);
    removeLedger(folder, id);
    while (compression.isBusy()) compression.step(() => false);
    expect((await readdir(folder)).toSorted()).toEqual([
      `${other}.ledger.ndjson`,
      `${other}.ledger.ndjson.zst`,
    ]);
  });
});
