import type { LedgerRow } from '../ledger/ledger-lines.ts';

type EventRow = LedgerRow<'event'>;

const message =
  'What stood here was in a damaged part of the database and could not be had back. If the output of the attempt is still ' +
  'in the spool folder, it is there.';
const d = { type: 'instance.warning', code: 'store.lost', message };

export interface Holes {
  /** Takes the events in order, one by one, and gives each after what fills the holes before it. */
  fill(event: EventRow): readonly EventRow[];
  /** How many were filled. */
  filled(): number;
}

/**
 * The events of an instance are numbered without a gap. Where one is missing, this gives what says so in its place, under one of
 * the seqs that are missing too.
 */
export const createHoles = (): Holes => {
  const next = new Map<string, number>();
  let free: number[] = [];
  let lastSeq = 0;
  let filled = 0;
  return {
    fill: (event) => {
      for (let seq = lastSeq + 1; seq < event.seq && free.length < 100_000; seq++) free.push(seq);
      lastSeq = event.seq;
      const { instance, n } = event;
      if (instance === null || n === null) return [event];
      const missing = Math.max(0, n - (next.get(instance) ?? 0));
      next.set(instance, n + 1);
      if (missing === 0) return [event];
      const seqs = free.slice(0, missing);
      free = free.slice(seqs.length);
      filled += seqs.length;
      const fillers = seqs.map((seq, i): EventRow => {
        const place = n - seqs.length + i;
        return { ...event, seq, n: place, attempt: null, source: null, d, text: JSON.stringify(d) };
      });
      return [...fillers, event];
    },
    filled: () => filled,
  };
};
