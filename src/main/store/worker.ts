import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { createCommit } from './commit.ts';
import { openForReading, openForWriting } from './database.ts';
import type { ReaderRequest, Reply, WorkerStart, WriterRequest } from './protocol.ts';
import { createReads } from './read.ts';
import { openingFailure, sqliteFailure } from './sqlite-failure.ts';

/**
 * The store's threads: SQLite blocks, so it does it here. One entry for both roles; each handles one request after
 * the other, in the order they came.
 */

type Request = WriterRequest | ReaderRequest;
type Numbered = { readonly id: number; readonly request: Request };
type Role = {
  readonly handle: (request: Request) => string;
  readonly failure: (error: unknown, request: Request) => Extract<Reply, { failure: unknown }>['failure'];
};

/** Makes a thing when it is first asked for. */
const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
};

const unexpected = (request: Request): never => {
  throw new Error(`The thread was asked for "${request.kind}", which is not its part`);
};

const writer = (file: string): Role => {
  let db: Database | undefined;
  const open = (): Database => (db ??= openForWriting(file));
  const commit = once(() => createCommit(open()));
  return {
    handle: (request) => {
      if (request.kind === 'commit') commit()(request.batch);
      else if (request.kind === 'open') open();
      else if (request.kind === 'close') db?.close();
      else return unexpected(request);
      return 'null';
    },
    failure: (error, request) =>
      request.kind === 'open' ? openingFailure(error, dirname(file), file) : sqliteFailure(error, file),
  };
};

const reader = (file: string): Role => {
  let db: Database | undefined;
  const read = once(() => createReads((db = openForReading(file))));
  return {
    handle: (request) => {
      if (request.kind === 'open' || request.kind === 'commit') return unexpected(request);
      if (request.kind !== 'close') return read()(request);
      db?.close();
      return 'null';
    },
    failure: (error) => sqliteFailure(error, file),
  };
};

const { role, file } = workerData as WorkerStart;
const { handle, failure } = role === 'writer' ? writer(file) : reader(file);
const port = parentPort;

port?.on('message', ({ id, request }: Numbered) => {
  const start = performance.now();
  const took = (): number => performance.now() - start;
  let reply: Reply;
  try {
    reply = { id, result: handle(request), ms: took() };
  } catch (error) {
    reply = { id, failure: failure(error, request), ms: took() };
  }
  port.postMessage(reply);
  if (request.kind === 'close') port.close();
});
