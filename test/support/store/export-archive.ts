/**
 * Takes in the archive given (`import`), or writes all sessions to a file again and again (`export`), on the data directory
 * given; prints `start` before, and `done` after. For being killed meanwhile.
 */
import { createSpoolStreams } from '../../../src/main/exports/archive/spool-streams.ts';
import { createExports } from '../../../src/main/exports/exports.ts';
import { openStore } from '../../../src/main/store/store.ts';
import { openOutputFile } from '../../../src/main/hosts/cli/output-file.ts';

const [what, dataDir = '', file = ''] = process.argv.slice(2);
const store = await openStore({ dataDir });
const exports = createExports({
  store,
  raw: createSpoolStreams(`${dataDir}/spool`),
  clock: { now: () => Date.now() },
  version: '1',
});

const take = async (): Promise<void> => {
  for await (const step of exports.importArchive(file)) {
    process.stdout.write(`${step.kind === 'orchestration' ? step.outcome : step.kind}\n`);
  }
};

const write = async (): Promise<void> => {
  const output = await openOutputFile(file, 'archive', true);
  process.stdout.write('opened\n');
  for await (const piece of exports.run({ ids: null, format: 'archive', redact: false })) {
    if (piece.kind === 'bytes') await output.write(Buffer.from(piece.base64, 'base64'));
  }
  await output.finish();
};

process.stdout.write('start\n');
await (what === 'import' ? take() : write());
process.stdout.write('done\n');
await store.close();
