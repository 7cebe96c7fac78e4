/*
 * A program in the place of Claude Code, for what the real one cannot be made to do. What it does is named by
 * FAKE_CLAUDE; see `behaviours`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const line = (message: object): string => `${JSON.stringify(message)}\n`;
const init = line({ type: 'system', subtype: 'init', session_id: 'fake', model: 'fake', cwd: process.cwd() });
const success = line({
  type: 'result',
  subtype: 'success',
  is_error: false,
  result: 'done',
  num_turns: 1,
  duration_ms: 1,
  total_cost_usd: 0,
  usage: {},
  modelUsage: {},
  model_usage_since_last_result: {},
  session_id: 'fake',
});

const print = (bytes: string | Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });

/** Until stdin ends; nothing of it is used. */
const inputEnd = (): Promise<unknown> => once(process.stdin.resume(), 'end');

const forever = (): Promise<never> => new Promise(() => setInterval(() => undefined, 60_000));

function ignoreSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
}

/** Starts this program again as a child that ignores signals; in its own process group where said. */
function leaveChild(detached: boolean): number {
  const env = { ...process.env, FAKE_CLAUDE: 'stubborn' };
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], { env, detached, stdio: 'ignore' });
  child.unref();
  return child.pid ?? 0;
}

/** Prints the pids of two stubborn children, one in this process's group, one in its own. */
async function leaveChildren(): Promise<void> {
  const pids = [leaveChild(false), leaveChild(true)];
  await print(init + line({ type: 'system', subtype: 'children', pids }));
}

const behaviours: Readonly<Record<string, () => Promise<unknown>>> = {
  /** Does what it is told: answers what it is given first, and ends well when its input ends. */
  good: async () => {
    await print(init);
    const ended = inputEnd();
    await Promise.race([once(process.stdin, 'data'), ended]);
    await print(success);
    await ended;
  },
  nothing: () => Promise.resolve(),
  garbage: () => print('Segmentation fault\n<html>\nnot json {\n'),
  'long-line': async () => {
    await print(init);
    await print(Buffer.concat([Buffer.alloc(20 * 1024 * 1024, 'x'), Buffer.from('\n')]));
    await print(success);
  },
  'invalid-utf8': async () => {
    await print(init);
    await print(Buffer.from([0x7b, 0xff, 0xfe, 0x80, 0x0a]));
    await print(success);
  },
  'half-line': async () => {
    await print(`${init}{"type":"assist`);
    process.kill(process.pid, 'SIGKILL');
  },
  /** Ignores every signal that can be ignored, and the end of its input. */
  stubborn: async () => {
    ignoreSignals();
    await print(init);
    await forever();
  },
  /** Waits, with stubborn children, and ends by SIGTERM. */
  parent: async () => {
    await leaveChildren();
    await forever();
  },
  /** Dies at once, leaving stubborn children. */
  'dying-parent': async () => {
    await leaveChildren();
    process.exit(3);
  },
  /** Prints until the disk is full, then hangs. */
  flood: async () => {
    await print(init);
    const line = `${'x'.repeat(64 * 1024)}\n`;
    process.stdout.on('error', () => undefined);
    for (let written = 0; written < 64; written += 1) await print(line).catch(() => undefined);
    await forever();
  },
};

await behaviours[process.env['FAKE_CLAUDE'] ?? 'good']?.();
