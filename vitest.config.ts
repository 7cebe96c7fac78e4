import { defineConfig } from 'vitest/config';

const tests = (folder: string): string => `test/${folder}/**/*.test.{ts,tsx}`;

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: [tests('unit')], testTimeout: 20_000 } },
      {
        test: {
          name: 'integration',
          include: [tests('integration')],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: { name: 'architecture', include: [tests('architecture')], testTimeout: 60_000 },
      },
    ],
  },
});
