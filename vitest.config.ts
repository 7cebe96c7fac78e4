import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const tests = (folder: string): string => `test/${folder}/**/*.test.{ts,tsx}`;

/** A condition that a test waits for may take long on a busy machine; how soon it is noticed stays the same. */
const patience = { poll: { timeout: 20_000 } };

export default defineConfig({
  test: {
    // Tests of real processes wait more than they compute: two at a time also where there are but two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      { test: { name: 'unit', include: [tests('unit')], testTimeout: 20_000, expect: patience } },
      {
        test: {
          name: 'integration',
          include: [tests('integration')],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Real processes on a shared machine.
          retry: process.env['CI'] === undefined ? 0 : 1,
          expect: patience,
        },
      },
      {
        test: { name: 'architecture', include: [tests('architecture')], testTimeout: 60_000 },
      },
    ],
  },
});
