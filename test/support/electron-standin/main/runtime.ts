import type { EventEmitter } from 'node:events';
import type { Chromium } from '../chromium.ts';

/** What the parts of the stand-in share: the browser behind the windows, once the app is ready. */
export const runtime: { chromium?: Chromium } = {};

export const versions = { electron: '45.4.1-standin', chrome: '', node: process.versions.node };

/** The browser; throws before the app is ready. */
export const chromiumOrThrow = (): Chromium => {
  if (!runtime.chromium) throw new Error('stand-in: used before the app is ready');
  return runtime.chromium;
};

/** Emits a cancellable event: true if some listener called `event.preventDefault()`. */
export const emitCancellable = (
  emitter: EventEmitter,
  name: string,
  details: object = {},
  ...args: unknown[]
): boolean => {
  const event = {
    ...details,
    defaultPrevented: false,
    preventDefault: () => (event.defaultPrevented = true),
  };
  emitter.emit(name, event, ...args);
  return event.defaultPrevented;
};

/** One call that real Electron would turn into something a test cannot see (shell, dialog, notification, beep …). */
export interface RecordedCall {
  readonly name: string;
  readonly args: readonly unknown[];
}

const calls: RecordedCall[] = [];

export const record = (name: string, ...args: unknown[]): void => {
  calls.push({ name, args });
};

/** Only in the stand-in, for assertions that real Electron has no means for: `electron.standin?.calls`. */
export const standin = { calls };
