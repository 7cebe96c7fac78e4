/** Takes the data directory given, prints `held`, and holds it until killed; prints the failure's code if it cannot. */
import { FailureError } from '../../../src/shared/domain/failure.ts';
import { instantOf } from '../../../src/shared/domain/ids.ts';
import { acquireDataDir } from '../../../src/main/store/data-dir-lock.ts';

const [dataDir = ''] = process.argv.slice(2);
try {
  const holder = { pid: process.pid, host: 'cli', startedAt: instantOf(Date.now()), endpoint: null };
  await acquireDataDir(dataDir, holder);
  process.stdout.write('held\n');
  setInterval(() => undefined, 60_000);
} catch (error) {
  if (!(error instanceof FailureError)) throw error;
  process.stdout.write(`${error.failure.code}\n`);
}
