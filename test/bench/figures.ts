import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A figure as measured, beside what was asked for. */
export type Figure = {
  readonly what: string;
  readonly measured: string;
  readonly wanted: string;
  readonly isMet: boolean;
};

/** Prints a figure in a line; a figure that is not met makes the program fail at its end. */
export const tell = ({ what, measured, wanted, isMet }: Figure): void => {
  console.log(`  ${what.padEnd(58)} ${measured.padStart(18)}   wanted ${wanted}${isMet ? '' : '   NOT MET'}`);
  if (!isMet) process.exitCode = 1;
};

/** The middle one of some numbers. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Runs a program of this folder in a Node of its own and gives the JSON that it prints in its last line. */
export const measureIn = async (
  file: string,
  ...args: readonly string[]
): Promise<Readonly<Record<string, number>>> => {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, file), ...args], {
    maxBuffer: 1 << 24,
  });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  const parsed: unknown = JSON.parse(last);
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`${file} printed no figures`);
  return Object.fromEntries(
    Object.entries(parsed).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
};

/** Calls `work` with a temporary folder and removes it. */
export const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'netra-bench-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
