import type { LedgerPart } from '../ledger/ledger-reading.ts';
import type { LedgerLine, LedgerRow } from '../ledger/ledger-lines.ts';
import type { SalvagedOrchestration } from './salvage.ts';

type EventLine = LedgerLine & LedgerRow<'event'>;

const isEvent = (line: LedgerLine): line is EventLine => line.k === 'event';

const newPart = (lines: readonly LedgerLine[], seq: number): LedgerPart => ({
  lines,
  end: { k: 'end', seq, hash: null, text: '' },
});

/**
 * The parts of a ledger of which lines are damaged, with what the database has in the place of these: its rows, and the events whose
 * numbers the ledger does not have; of what runs up to the first gap, for behind it the spool is read again. Reads the ledger twice, so that
 * little of it is held at a time.
 */
export const withSaved = async function* (
  ledger: () => AsyncIterable<LedgerPart>,
  saved: SalvagedOrchestration,
): AsyncGenerator<LedgerPart> {
  const there = new Set<number>();
  for await (const { lines } of ledger()) for (const line of lines) if (isEvent(line)) there.add(line.seq);
  const missing = saved
    .events(0)
    .filter(isEvent)
    .filter(({ seq }) => !there.has(seq));
  // First, for the ledger's own may be what is damaged; and again behind older ones.
  yield newPart(saved.rows(), 0);
  let taken = 0;
  let expected = 1;
  const inOrder = (events: readonly EventLine[]): readonly EventLine[] => {
    const sorted = events.toSorted((a, b) => a.seq - b.seq);
    return saved.isRunning ? sorted.filter(({ seq }) => seq === expected && (expected += 1) > 0) : sorted;
  };
  for await (const { lines, end } of ledger()) {
    const from = taken;
    while ((missing[taken]?.seq ?? Infinity) <= end.seq) taken += 1;
    const events = inOrder([...lines.filter(isEvent), ...missing.slice(from, taken)]);
    const others = lines.filter((line) => !isEvent(line));
    yield { lines: [...others, ...events], end: { ...end, hash: null } };
  }
  yield newPart([...saved.rows(), ...inOrder(missing.slice(taken))], saved.lastSeq);
};
