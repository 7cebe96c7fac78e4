import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { inRoot } from './toolchain.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** Where one run's reports are kept for whoever started it. */
const folder = inRoot('.tmp', 'results');

/**
 * Path of a report of this run; an old one is removed, so that a program which dies is not taken for one that passed.
 * @param {string} name
 */
export const freshReport = (name) => {
  const file = `${folder}/${name}.json`;
  mkdirSync(folder, { recursive: true });
  rmSync(file, { force: true });
  return file;
};

/** @param {readonly Counts[]} counts */
export const sum = (counts) =>
  counts.reduce(
    (total, { passed, failed, skipped }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );

/**
 * @param {string} name
 * @param {Counts} counts
 */
export const writeCounts = (name, counts) => {
  writeFileSync(freshReport(name), JSON.stringify(counts));
};

/**
 * @param {string} name
 * @returns {Counts} one failure if the program left no report
 */
export const readCounts = (name) => {
  const file = `${folder}/${name}.json`;
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: 0, failed: 1, skipped: 0 };
};

/**
 * Counts of a report by Vitest's JSON reporter. A file that could not be loaded has no tests and is one failure.
 * @param {string} file
 * @returns {Counts | undefined} nothing if there is no report
 */
export const readVitestCounts = (file) => {
  if (!existsSync(file)) return undefined;
  /** @type {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, success: boolean, testResults: readonly { status: string, assertionResults: readonly unknown[] }[] }} */
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded,
    skipped: report.numPendingTests + report.numTodoTests,
  };
};

/**
 * Counts of a report by Playwright's JSON reporter. An error outside of any test is one failure.
 * @param {string} file
 * @returns {Counts | undefined} nothing if there is no report
 */
export const readPlaywrightCounts = (file) => {
  if (!existsSync(file)) return undefined;
  /** @type {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number }, errors: readonly unknown[] }} */
  const { stats, errors } = JSON.parse(readFileSync(file, 'utf8'));
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
    skipped: stats.skipped,
  };
};
