import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type Page } from '@playwright/test';
import { newDataDir } from './data-dir.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const systemChromium = '/usr/bin/chromium';

/** The built console served over a data directory, with a page on it. */
export type BenchConsole = {
  readonly page: Page;
  readonly url: string;
  /** The page's heap after a garbage collection, in MB. */
  heapMb(): Promise<number>;
  close(): Promise<void>;
};

const linkOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: unknown) => {
      text += String(chunk);
      const link = /http:\/\/\S+/.exec(text)?.[0];
      if (link !== undefined) resolve(link);
    });
    child.on('exit', () => {
      reject(new Error(`netra serve ended: ${text}`));
    });
  });

/** Serves the built program (`npm run build` first) and opens its page in Chromium. */
const openConsole = async (dataDir: string, claude: string): Promise<BenchConsole> => {
  await newDataDir(dataDir);
  const program = join(root, 'out', 'main', 'netra.js');
  const args = [program, 'serve', '--port', '0', '--data-dir', dataDir, '--claude', claude];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const link = await linkOf(child);
  const browser: Browser = await chromium.launch(
    existsSync(systemChromium) ? { executablePath: systemChromium } : {},
  );
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const url = `${new URL(link).origin}/`;
  await page.goto(link);
  await page.waitForURL(({ search }) => search === '');
  const devtools = await page.context().newCDPSession(page);
  return {
    page,
    url,
    heapMb: async () => {
      await devtools.send('HeapProfiler.collectGarbage');
      const { usedSize } = await devtools.send('Runtime.getHeapUsage');
      return usedSize / 1024 / 1024;
    },
    close: async () => {
      await browser.close();
      // Work that is left would go on in an engine in the background.
      await run(process.execPath, [program, '--data-dir', dataDir, 'stop', '--all', '--force']);
      child.kill('SIGINT');
      await ended;
    },
  };
};

/** Calls `work` with a console that is closed after it, also when it fails. */
export const withConsole = async (
  dataDir: string,
  claude: string,
  work: (served: BenchConsole) => Promise<void>,
): Promise<void> => {
  const served = await openConsole(dataDir, claude);
  try {
    await work(served);
  } finally {
    await served.close();
  }
};
