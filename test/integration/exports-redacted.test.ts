import fc from 'fast-check';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { exportFormats, type ExportFormat } from '../../src/shared/contract/exports.ts';
import type { OrchestrationId } from '../../src/shared/domain/ids.ts';
import { newMachine, outcomes, archiveOf, takeIn, type Machine } from '../support/machines.ts';
import { anySecret } from '../support/secrets.ts';
import { anySession, keep, withSecret } from '../support/sessions.ts';

const fileOf = async (
  { exports }: Machine,
  request: { readonly ids: OrchestrationId[]; readonly format: ExportFormat; readonly redact: boolean },
): Promise<{ readonly name: string; readonly bytes: Buffer }> => {
  const parts: Buffer[] = [];
  let name = '';
  for await (const piece of exports.run(request)) {
    if (piece.kind === 'start') name = piece.fileName;
    if (piece.kind === 'bytes') parts.push(Buffer.from(piece.base64, 'base64'));
    if (piece.kind === 'text') parts.push(Buffer.from(piece.text));
  }
  return { name, bytes: Buffer.concat(parts) };
};

/** What a file of a format says to somebody who takes it apart: its bytes, unpacked, and texts within texts. */
const layersOf = (format: ExportFormat, { name, bytes }: { name: string; bytes: Buffer }): string => {
  const unpacked = format === 'archive' ? zstdDecompressSync(bytes) : bytes;
  const text = unpacked.toString('utf8');
  const binary = [...text.matchAll(/"base64":"([^"]*)"/g)].map(([, base64 = '']) =>
    Buffer.from(base64, 'base64').toString('latin1'),
  );
  const plain = (given: string): string =>
    given
      .replaceAll('\\n', '\n')
      .replaceAll('\\"', '"')
      .replaceAll('\\\\', '\\')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&');
  const once = plain(text);
  return [name, bytes.toString('latin1'), text, once, plain(once), plain(plain(once)), ...binary].join('\n');
};

/** What must be nowhere of a secret: all of it; of a key of many lines each of them. */
const traces = (secret: string): readonly string[] => {
  const lines = secret.split('\n').filter((line) => !line.startsWith('-----'));
  return lines.length > 1 ? lines : [secret];
};

describe('a redacted file of any format', () => {
  it('has no secret in it, wherever it was planted, packed or unpacked', async () => {
    const machine = await newMachine();
    /** The formats in which secrets are when they are not taken out. */
    const planted = new Set<ExportFormat>();
    const value = fc.stringMatching(/^[a-z]{6}[0-9]{6}[a-z]{6}$/);
    await fc.assert(
      fc.asyncProperty(
        anySession({ mostEvents: 8 }),
        anySecret,
        value,
        async (sample, { secret, text }, known) => {
          await keep(withSecret(sample, text, known), machine.store, join(machine.dataDir, 'spool'));
          const ids = [sample.stored.orchestration.id];
          for (const format of exportFormats) {
            const asItIs = layersOf(format, await fileOf(machine, { ids, format, redact: false }));
            const redacted = layersOf(format, await fileOf(machine, { ids, format, redact: true }));
            for (const trace of traces(secret)) {
              if (asItIs.includes(trace)) planted.add(format);
              expect({ format, found: redacted.includes(trace) }).toEqual({ format, found: false });
            }
            expect({ format, found: redacted.includes(known) }).toEqual({ format, found: false });
          }
        },
      ),
      // What shrinks is the same session once more.
      { numRuns: 40, endOnFailure: true },
    );
    expect([...planted].toSorted()).toEqual([...exportFormats].toSorted());
  });

  it('is taken in with the same figures, and has no secret on the other machine', async () => {
    const [from, to] = [await newMachine(), await newMachine()];
    const [sample] = fc.sample(anySession(), { seed: 3, numRuns: 1 });
    if (sample === undefined) throw new Error('no sample');
    const { stored } = sample;
    await keep(
      withSecret(sample, 'sk-ant-api03-abcdefghijklmnopqrst', 'planted-1234-planted'),
      from.store,
      join(from.dataDir, 'spool'),
    );
    expect(outcomes(await takeIn(to, await archiveOf(from, { redact: true })))).toEqual(['imported']);
    const there = await to.store.orchestration(stored.orchestration.id);
    expect(there?.orchestration.usage).toEqual(stored.orchestration.usage);
    expect(JSON.stringify([there, await to.store.eventsAfter(stored.orchestration.id, 0, 1000)])).not.toMatch(
      /sk-ant-api03|planted-1234/,
    );
  });
});
