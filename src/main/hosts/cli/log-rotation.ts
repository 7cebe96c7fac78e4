import { randomUUID } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';

/** A log grows to this many bytes; then it becomes `FILE.1`, what was that becomes `FILE.2`, and what was that goes. */
const mostBytes = 5 * 1024 * 1024;
const kept = 2;

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

const sizeOf = async (file: string): Promise<number> => {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
};

/** False when there is nothing to move: there is none yet, or another process was faster. */
const move = async (from: string, to: string): Promise<boolean> => {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};

/** Makes room in a log that has grown to `most` bytes, before something is added to it. */
export const rotateLog = async (file: string, most: number = mostBytes): Promise<void> => {
  if ((await sizeOf(file)) < most) return;
  // Of several processes that find it full, the one that takes it away also moves the older ones.
  const taken = `${file}.${randomUUID()}`;
  if (!(await move(file, taken))) return;
  await rm(`${file}.${String(kept)}`, { force: true });
  for (let number = kept; number > 1; number -= 1) {
    await move(`${file}.${String(number - 1)}`, `${file}.${String(number)}`);
  }
  await move(taken, `${file}.1`);
};
