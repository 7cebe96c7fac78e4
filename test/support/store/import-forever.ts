/**
 * Takes in an orchestration whose events never end, on the data directory given; prints `under way` once most of them are stored. For
 * being killed meanwhile.
 */
import { openStore } from '../../../src/main/store/store.ts';
import { importedOf, pagesOf } from './imported.ts';

const [dataDir = ''] = process.argv.slice(2);
const store = await openStore({ dataDir });
const imported = importedOf(20_000);

const pages = async function* () {
  yield* pagesOf(imported);
  process.stdout.write('under way\n');
  await new Promise(() => setInterval(() => undefined, 1000));
};

await store.importOrchestration(imported.stored, pages());
