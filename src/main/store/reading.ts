import type { Log } from '../engine/ports.ts';
import type { ReadRequest, WorkerStart } from './protocol.ts';
import { openWorkerLink, type WorkerLink } from './worker-link.ts';

/** Who answers what is asked of the store. */
export interface Reading {
  ask(request: ReadRequest): Promise<string>;
  /** There is something that reads could hold up: they get a thread of their own. */
  begin(): void;
  close(): Promise<void>;
}

/** These look at much, and may take a tenth of a second: nobody who opens an event or a list waits behind them. */
const longOnes: readonly ReadRequest['kind'][] = ['search', 'usage'];

/** A command that searches once asks twice (what is not in the index yet may be by then), and needs no thread for it. */
const longOnesByTheWay = 2;

/** A thread that is started when it is needed; until it runs, and should it fail, there is none. */
const createThread = (start: WorkerStart, log: Log | undefined) => {
  let link: WorkerLink | undefined;
  let isOpen = false;
  const open = async (opening: WorkerLink): Promise<void> => {
    try {
      await opening.ask({ kind: 'open' });
      isOpen = true;
    } catch (error) {
      log?.error(`the database is read by another thread, for the ${start.role} failed`, error);
    }
  };
  return {
    begin: (): void => {
      if (link !== undefined) return;
      link = openWorkerLink(start, log);
      void open(link);
    },
    current: (): WorkerLink | undefined => (isOpen && link?.isGone() === false ? link : undefined),
    close: async (): Promise<void> => {
      await link?.close();
    },
  };
};

/**
 * Reads go to the writer first: another thread takes 50 ms to start, and there is nothing that they could hold up before the first
 * commit. Then there is a thread for them, and one more for the long ones from the third on.
 */
export const openReading = (file: string, writer: WorkerLink, log: Log | undefined): Reading => {
  const reader = createThread({ role: 'reader', file }, log);
  const searcher = createThread({ role: 'searcher', file }, log);
  let longOnesAsked = 0;
  let isClosed = false;
  const threadFor = (kind: ReadRequest['kind']): WorkerLink => {
    const usual = reader.current() ?? writer;
    if (!longOnes.includes(kind)) return usual;
    longOnesAsked += 1;
    if (longOnesAsked > longOnesByTheWay && !isClosed) searcher.begin();
    return searcher.current() ?? usual;
  };
  return {
    ask: (request) => threadFor(request.kind).ask(request),
    begin: () => {
      if (!isClosed) reader.begin();
    },
    close: async () => {
      isClosed = true;
      await Promise.all([reader.close(), searcher.close()]);
    },
  };
};
