import fc from 'fast-check';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createSpoolStreams } from '../../src/main/exports/archive/spool-streams.ts';
import { createExports, type Exports } from '../../src/main/exports/exports.ts';
import { openStore, type OpenedStore } from '../../src/main/store/store.ts';
import type { ExportRequest, ImportStep } from '../../src/shared/contract/exports.ts';
import { failureOf } from '../../src/shared/domain/failure.ts';
import { anySession, type SampleSession } from './sessions.ts';
import { temporaryDirectory } from './store/temporary-directory.ts';

/** A data directory with what exports from it and takes archives in. */
export type Machine = { readonly dataDir: string; readonly store: OpenedStore; readonly exports: Exports };

const exportedAt = Date.UTC(2026, 10, 12, 13, 14, 15);

export const openMachine = async (dataDir: string): Promise<Machine> => {
  const store = await openStore({ dataDir });
  onTestFinished(() => store.close());
  const raw = createSpoolStreams(join(dataDir, 'spool'));
  const clock = { now: () => exportedAt };
  return { dataDir, store, exports: createExports({ store, raw, clock, version: '1.2.3' }) };
};

export const newMachine = async (): Promise<Machine> => openMachine(await temporaryDirectory());

export const archiveOf = async (
  { exports, dataDir }: Machine,
  request: Partial<ExportRequest> = {},
): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const piece of exports.run({ ids: null, format: 'archive', redact: false, ...request })) {
    if (piece.kind === 'bytes') parts.push(Buffer.from(piece.base64, 'base64'));
  }
  const file = join(dataDir, 'archive.netra.zst');
  await writeFile(file, Buffer.concat(parts));
  return file;
};

export const takeIn = async ({ exports }: Machine, file: string): Promise<readonly ImportStep[]> => {
  const steps: ImportStep[] = [];
  for await (const step of exports.importArchive(file)) steps.push(step);
  return steps;
};

export const outcomes = (steps: readonly ImportStep[]): readonly string[] =>
  steps.flatMap((step) => (step.kind === 'orchestration' ? [step.outcome] : []));

export const refusal = async (machine: Machine, file: string): Promise<string> => {
  try {
    await takeIn(machine, file);
    return 'taken in';
  } catch (error) {
    return failureOf(error, 'unforeseen.error').code;
  }
};

export const everything = async (
  { store, dataDir }: Machine,
  { stored: { orchestration } }: SampleSession,
) => {
  const stored = await store.orchestration(orchestration.id);
  const events = await store.eventsAfter(orchestration.id, 0, 100_000);
  const spools = (stored?.attempts ?? []).map(async ({ id }) => [
    await readFile(join(dataDir, 'spool', `${id}.ndjson`), 'hex').catch(() => ''),
    await readFile(join(dataDir, 'spool', `${id}.stderr`), 'hex').catch(() => ''),
  ]);
  const letters = (stored?.instances ?? []).map(({ id }) => store.eventIndex(id));
  return { stored, events, spools: await Promise.all(spools), letters: await Promise.all(letters) };
};

/** What everything there used, by day and model. */
export const figures = ({ store }: Machine) =>
  store.usage({ by: ['day', 'model'], from: null, to: null, timeZone: 'UTC', search: null, now: 0 });

export const some = (seed: number, options: Parameters<typeof anySession>[0] = {}): SampleSession => {
  const [sample] = fc.sample(anySession(options), { seed, numRuns: 1 });
  if (sample === undefined) throw new Error('no sample');
  return sample;
};
