import { parentPort } from 'node:worker_threads';
import { failureOf, type Failure } from '../../../shared/domain/failure.ts';
import { memoryOf } from '../../store/event-block.ts';
import { scanHistory, type Found } from './scan.ts';
import { readKeys, readSession, type SessionJob, type SessionRead } from './session-reading.ts';

/** What a thread is asked; `keys`: only which messages a session has. */
export type ThreadRequest =
  | { readonly kind: 'scan'; readonly folder: string; readonly known: ReadonlyMap<string, string> }
  | { readonly kind: 'read' | 'keys'; readonly job: SessionJob };

export type ThreadAnswers = {
  readonly scan: Found;
  readonly read: SessionRead | 'empty' | 'replaced';
  readonly keys: SessionRead | 'empty' | 'replaced';
};

export type ThreadReply = { readonly id: number } & (
  { readonly answer: ThreadAnswers[ThreadRequest['kind']] } | { readonly failure: Failure }
);

const answerTo = (request: ThreadRequest): ThreadAnswers[ThreadRequest['kind']] => {
  if (request.kind === 'scan') return scanHistory(request.folder, request.known);
  return request.kind === 'read' ? readSession(request.job) : readKeys(request.job);
};

/** The memory of what is packed goes over as it is. */
const transferOf = (answer: ThreadAnswers[ThreadRequest['kind']]): ArrayBuffer[] =>
  typeof answer === 'string' || !('blocks' in answer) ? [] : memoryOf(answer.blocks);

const port = parentPort;
port?.on('message', ({ id, request }: { readonly id: number; readonly request: ThreadRequest }) => {
  try {
    const answer = answerTo(request);
    port.postMessage({ id, answer } satisfies ThreadReply, transferOf(answer));
  } catch (error) {
    port.postMessage({ id, failure: failureOf(error, 'history.unreadable') } satisfies ThreadReply);
  }
});
