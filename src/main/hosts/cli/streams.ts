import { jsonWithEscapes } from './terminal-text.ts';

/** Where a command writes: results to stdout, everything said about them to stderr. */
export interface Streams {
  /** A line on stdout; resolves when it may have more. */
  print(line: string): Promise<void>;
  /** A line on stderr, for a person. */
  say(line: string): void;
  /** What is drawn in place on the terminal makes room for what is said; null when nothing is drawn any more. */
  makeRoom(around: ((write: () => void) => void) | null): void;
  /** Called once when nobody reads stdout any more; what is printed after that is dropped. */
  onBroken(act: () => void): void;
  readonly stdout: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  /** True when both ends are a terminal, so that a person can be asked. */
  readonly isInteractive: boolean;
  readonly columns: () => number;
  readonly rows: () => number;
}

const isBrokenPipe = (error: Error): boolean =>
  'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');

/** Over this process's own streams. */
export const createStreams = ({ stdout, stderr, stdin } = process): Streams => {
  const listeners = new Set<() => void>();
  let isBroken = false;
  let room: ((write: () => void) => void) | null = null;
  stdout.on('error', (error: Error) => {
    if (!isBrokenPipe(error)) throw error;
    if (isBroken) return;
    isBroken = true;
    for (const act of listeners) act();
  });
  stderr.on('error', (error: Error) => {
    if (!isBrokenPipe(error)) throw error;
  });
  return {
    print: async (line) => {
      // In lines for people there are none any more.
      if (isBroken || stdout.write(`${jsonWithEscapes(line)}\n`)) return;
      await new Promise<void>((resolve) => {
        const done = (): void => {
          stdout.off('drain', done).off('error', done).off('close', done);
          resolve();
        };
        stdout.on('drain', done).on('error', done).on('close', done);
      });
    },
    say: (line) => {
      const write = (): void => {
        stderr.write(`${line}\n`);
      };
      if (room === null) write();
      else room(write);
    },
    makeRoom: (around) => {
      room = around;
    },
    onBroken: (act) => {
      listeners.add(act);
      if (isBroken) act();
    },
    stdout,
    stdin,
    isInteractive: stdout.isTTY && stdin.isTTY && process.env['TERM'] !== 'dumb',
    columns: () => (stdout.isTTY && stdout.columns > 0 ? stdout.columns : 120),
    rows: () => (stdout.isTTY && stdout.rows > 0 ? stdout.rows : 40),
  };
};
