import { join } from 'node:path';
import { inFolder, measureIn, tell } from './figures.ts';
import { writePrinter, writeStream } from './lines.ts';

const most = 0.02;

await inFolder(async (folder) => {
  const stream = join(folder, 'hello.ndjson');
  await writeStream(stream, 1, 500);
  const waiting = await writePrinter(folder, stream, 'cat >/dev/null');
  const { share = Number.NaN, spawned = Number.NaN } = await measureIn(
    'idle-run.ts',
    join(folder, 'data'),
    waiting,
    '10',
    '10',
  );
  tell({
    ...{ what: '10 idle instances, share of a core over 10 s', measured: `${(share * 100).toFixed(2)} %` },
    ...{ wanted: `≤ ${String(most * 100)} %`, isMet: share <= most },
  });
  tell({ what: 'processes started meanwhile', measured: String(spawned), wanted: '0', isMet: spawned === 0 });
});
