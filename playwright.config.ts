import { defineConfig } from '@playwright/test';
import { systemChromium } from './scripts/system-packages.mjs';

const executablePath = systemChromium();

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  forbidOnly: process.env['CI'] !== undefined,
  workers: 1,
  // Real browsers and processes on a shared machine: what fails once is tried once more, and is told as flaky.
  retries: process.env['CI'] === undefined ? 0 : 1,
  // Long enough for a machine that is busy with other things: what is right passes at once.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  use: {
    trace: 'retain-on-failure',
    launchOptions: executablePath === undefined ? {} : { executablePath },
  },
  projects: [
    { name: 'browser', testIgnore: '**/desktop*.spec.ts' },
    { name: 'desktop', testMatch: '**/desktop*.spec.ts' },
  ],
});
