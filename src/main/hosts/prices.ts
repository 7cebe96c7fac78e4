import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPrices, type PriceTable } from '../claude/stream/price-table.ts';
import { resourcesDir } from './places.ts';

const textIfThere = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
};

/** The list prices that come with the program, with those of `prices.json` in the data directory over them. */
export const pricesFor = async (dataDir: string): Promise<PriceTable> => {
  const [list, own] = await Promise.all([
    readFile(join(resourcesDir(), 'prices.json'), 'utf8'),
    textIfThere(join(dataDir, 'prices.json')),
  ]);
  return readPrices(list, own);
};
