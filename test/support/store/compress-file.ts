/** Compresses the file given, and prints a line before each step and when it is done. */
import { writeSync } from 'node:fs';
import { beginCompression } from '../../../src/main/spool/compress-file.ts';

const [path = ''] = process.argv.slice(2);
const compression = beginCompression(path);
let isOver = false;
while (!isOver) {
  writeSync(1, 'step\n');
  isOver = compression.step();
}
writeSync(1, 'done\n');
