/** Opens the database of the data directory given, which brings it to the newest version, and says so. */
import { join } from 'node:path';
import { openForWriting } from '../../../src/main/store/database.ts';

const [dataDir = ''] = process.argv.slice(2);
process.stdout.write('begins\n');
openForWriting(join(dataDir, 'netra.db')).close();
process.stdout.write('done\n');
