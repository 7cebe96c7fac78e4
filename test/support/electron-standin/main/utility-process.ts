import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { codec } from '../codec.ts';
import { portTable } from '../ports.ts';
import type { FromUtility, ToUtility } from '../utility-messages.ts';
import type { MessagePortMain } from './message-channel.ts';

interface UtilityOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly execArgv?: readonly string[];
  readonly stdio?: 'pipe' | 'inherit' | 'ignore';
  readonly serviceName?: string;
}

const running = new Set<UtilityProcess>();

class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;
  readonly #ports = new Set<string>();
  readonly serviceName: string;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  pid: number | undefined;

  constructor(module: string, args: readonly string[], options: UtilityOptions) {
    super();
    this.serviceName = options.serviceName ?? 'Node Utility Process';
    this.#child = fork(module, args, forkOptions(options));
    this.stdout = this.#child.stdout;
    this.stderr = this.#child.stderr;
    this.#child.once('spawn', () => {
      this.pid = this.#child.pid;
      this.emit('spawn');
    });
    this.#child.once('exit', (code, signal) => this.#exited(code ?? (signal === null ? 0 : 1)));
    this.#child.once('error', (error) => this.emit('error', 'FatalError', error.message, ''));
    this.#child.on('message', (message: FromUtility) => this.#receive(message));
    running.add(this);
  }

  kill(): boolean {
    return this.#child.kill();
  }

  postMessage(message: unknown, transfer: readonly MessagePortMain[] = []): void {
    const ports = transfer.map(({ port }) => port);
    this.#send({ kind: 'message', wire: codec.encode(message), ports });
    for (const port of ports) {
      this.#ports.add(port);
      portTable.place(port, {
        deliver: (wire) => this.#send({ kind: 'port', port, wire }),
        closed: () => this.#send({ kind: 'port-closed', port }),
      });
    }
  }

  #send(message: ToUtility): void {
    if (this.#child.connected) this.#child.send(message);
  }

  #receive(message: FromUtility): void {
    if (message.kind === 'message') this.emit('message', codec.decode(message.wire));
    else if (message.kind === 'port') portTable.send(message.port, message.wire);
    else portTable.close(message.port);
  }

  #exited(code: number): void {
    running.delete(this);
    this.#ports.forEach(portTable.close);
    this.pid = undefined;
    this.emit('exit', code);
  }
}

const forkOptions = ({ env, cwd, execArgv = [], stdio = 'inherit' }: UtilityOptions): ForkOptions => ({
  serialization: 'advanced',
  env: env ?? process.env,
  ...(cwd === undefined ? {} : { cwd }),
  execArgv: [...execArgv, '--import', fileURLToPath(new URL('../utility.ts', import.meta.url))],
  stdio: ['ignore', stdio, stdio, 'ipc'],
});

export const utilityProcess = {
  fork: (module: string, args: readonly string[] = [], options: UtilityOptions = {}): UtilityProcess =>
    new UtilityProcess(module, args, options),
};

/** The utility processes as `app.getAppMetrics` tells of them. */
export const utilityMetrics = (): readonly object[] =>
  [...running].map(({ pid, serviceName }) => ({ pid, type: 'Utility', serviceName, name: serviceName }));
