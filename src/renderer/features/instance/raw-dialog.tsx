import { useEffect, useState } from 'react';
import type { RawLine } from '../../../shared/contract/contract.ts';
import { failureOf, type Failure } from '../../../shared/domain/failure.ts';
import type { InstanceId } from '../../../shared/domain/ids.ts';
import { useEngine } from '../../data/engine.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { wholeNumber } from '../../ui/format.ts';
import { CopyButton, FailureNote, Loading } from '../../ui/notes.tsx';
import { ScrollBox } from './scroll-box.tsx';

type Answer = { readonly line: RawLine | null; readonly failure: Failure | null };

const indented = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not JSON: stderr, or a broken line. It is shown as it is.
    return text;
  }
};

const RawText = ({ instanceId, n }: { readonly instanceId: InstanceId; readonly n: number }) => {
  const { connection } = useEngine();
  const [{ line, failure }, setAnswer] = useState<Answer>({ line: null, failure: null });
  useEffect(() => {
    let isCurrent = true;
    connection
      .request((client) => client.events.raw({ id: instanceId, n }))
      .then(
        (answer) => {
          if (isCurrent) setAnswer({ line: answer, failure: null });
        },
        (error: unknown) => {
          if (isCurrent) setAnswer({ line: null, failure: failureOf(error, 'console.error') });
        },
      );
    return () => {
      isCurrent = false;
    };
  }, [connection, instanceId, n]);
  return (
    <section aria-label={`Event ${String(n + 1)}`} className="flex min-h-0 flex-col">
      <div className="flex items-center gap-2 px-4 py-1 text-s text-ink-3">
        <span>
          Event {n + 1}
          {line === null ? '' : ` · ${wholeNumber(line.bytes)} bytes`}
          {line?.cut === true ? ' · the end is left out here' : ''}
        </span>
        <span className="flex-1" />
        {line === null ? null : <CopyButton text={line.text} label="Copy line" />}
      </div>
      {failure === null ? null : <FailureNote failure={failure} className="mx-4 mb-3" />}
      {line === null && failure === null ? <Loading what="Reading the line…" /> : null}
      {line === null ? null : (
        <ScrollBox
          label={`Raw line of event ${String(n + 1)}`}
          className="max-h-[46vh] overflow-auto border-y border-line-soft bg-bg px-4 py-2 font-mono text-s [overflow-wrap:anywhere] whitespace-pre-wrap"
        >
          {indented(line.text)}
        </ScrollBox>
      )}
    </section>
  );
};

type RawDialogProps = {
  readonly instanceId: InstanceId;
  /** The numbers of the events; none when it is closed. */
  readonly events: readonly number[];
  readonly onClose: () => void;
};

/** What Claude Code wrote, to the letter, behind one or more events. */
export const RawDialog = ({ instanceId, events, onClose }: RawDialogProps) => (
  <Dialog
    open={events.length > 0}
    onClose={onClose}
    title="Raw line"
    className="w-[min(860px,calc(100vw-32px))]"
  >
    <div className="min-h-0 overflow-y-auto pb-3">
      {events.map((n) => (
        <RawText key={n} instanceId={instanceId} n={n} />
      ))}
    </div>
  </Dialog>
);
