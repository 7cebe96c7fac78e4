import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** What a second instance tells the first. */
export interface SecondInstance {
  readonly argv: readonly string[];
  readonly workingDirectory: string;
  readonly additionalData: unknown;
}

/** The lock of the one instance per user data folder. */
export interface InstanceLock {
  /** True if this process has the lock. If not, `message` is on its way to the process that has it. */
  readonly request: (message: SecondInstance) => boolean;
  readonly has: () => boolean;
  readonly release: () => void;
  /** Resolves when the message to the first instance, if there was one to send, is delivered or cannot be. */
  readonly settled: () => Promise<void>;
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** A socket's path has room for some 100 bytes only, so it is not in the user data folder but named after it. */
const socketPath = (folder: string): string => {
  const name = crypto.createHash('sha256').update(path.resolve(folder)).digest('hex').slice(0, 24);
  return path.join(os.tmpdir(), `standin-${name}.sock`);
};

const deliver = (socket: string, message: SecondInstance): Promise<void> =>
  new Promise((resolve) => {
    const client = net.connect(socket, () => client.end(JSON.stringify(message)));
    client.once('error', (error) =>
      console.error('stand-in: the first instance does not answer:', error.message),
    );
    client.once('close', () => resolve());
  });

/** A lock file with the owner's pid in `folder()`, and a socket on which the owner hears of second instances. */
export const createInstanceLock = (
  folder: () => string,
  onSecondInstance: (message: SecondInstance) => void,
): InstanceLock => {
  let server: net.Server | undefined;
  let sending = Promise.resolve();
  const lockFile = (): string => path.join(folder(), 'standin-instance.lock');

  const takeFile = (): boolean => {
    fs.mkdirSync(folder(), { recursive: true });
    try {
      fs.writeFileSync(lockFile(), String(process.pid), { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (isRunning(Number(fs.readFileSync(lockFile(), 'utf8')))) return false;
      fs.rmSync(lockFile(), { force: true });
      return takeFile();
    }
  };

  const listen = (): void => {
    fs.rmSync(socketPath(folder()), { force: true });
    server = net.createServer({ allowHalfOpen: false }, (client) => {
      const chunks: Buffer[] = [];
      client.on('data', (chunk) => chunks.push(chunk));
      client.once('error', (error) => console.error('stand-in:', error));
      client.once('end', () =>
        onSecondInstance(JSON.parse(Buffer.concat(chunks).toString('utf8')) as SecondInstance),
      );
    });
    server.listen(socketPath(folder()));
    server.unref();
  };

  const release = (): void => {
    if (!server) return;
    server.close();
    server = undefined;
    fs.rmSync(socketPath(folder()), { force: true });
    fs.rmSync(lockFile(), { force: true });
  };

  const request = (message: SecondInstance): boolean => {
    if (server) return true;
    const isFirst = takeFile();
    if (isFirst) listen();
    else sending = deliver(socketPath(folder()), message);
    return isFirst;
  };

  return { request, has: () => server !== undefined, release, settled: () => sending };
};
