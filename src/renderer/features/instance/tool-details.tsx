import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { OrchestrationEvent } from '../../../shared/domain/event.ts';
import { failureOf, type Failure } from '../../../shared/domain/failure.ts';
import { eventAt } from '../../data/event-pages.ts';
import { CopyButton, FailureNote } from '../../ui/notes.tsx';
import { Diff } from './diff.tsx';
import { LongText } from './long-text.tsx';
import { NestedRows } from './nested-rows.tsx';
import type { ToolRow } from './outline.ts';
import { useStream } from './stream-context.ts';
import { fileChange, startsSubagent } from './tool-words.ts';

type Fetched = { readonly event: OrchestrationEvent | null; readonly failure: Failure | null };

/** An event by its number: from the loaded pages, else asked for. */
const useEvent = (n: number | null): Fetched => {
  const { stream } = useStream();
  const loaded = useStore(stream.store, ({ pages }) => (n === null ? undefined : eventAt(pages, n)));
  const [fetched, setFetched] = useState<Fetched>({ event: null, failure: null });
  const isMissing = n !== null && loaded === undefined && fetched.event?.n !== n;
  useEffect(() => {
    if (!isMissing) return;
    let isCurrent = true;
    stream.read(n, 1).then(
      ([event]) => {
        if (isCurrent) setFetched({ event: event ?? null, failure: null });
      },
      (error: unknown) => {
        if (isCurrent) setFetched({ event: null, failure: failureOf(error, 'console.error') });
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [stream, n, isMissing]);
  if (loaded !== undefined) return { event: loaded, failure: null };
  return fetched.event?.n === n ? fetched : { event: null, failure: fetched.failure };
};

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value, null, 2);

/** What a tool was given: the command, or key by key. */
const Input = ({ name, input }: { readonly name: string; readonly input: unknown }) => {
  if (typeof input !== 'object' || input === null) return <LongText text={textOf(input)} label="Input" />;
  const entries = Object.entries(input).filter(([, value]) => value !== null);
  const [only] = entries;
  if (name === 'Bash' && 'command' in input) {
    return <LongText text={`$ ${textOf(input.command)}`} label="Command" className="text-ink-2" />;
  }
  if (only === undefined) return null;
  return (
    <dl className="grid max-h-[40vh] grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 overflow-y-auto px-3 py-1.5 font-mono text-s">
      {entries.map(([key, value]) => (
        <div key={key} className="contents">
          <dt className="text-ink-3">{key}</dt>
          <dd className="[overflow-wrap:anywhere] whitespace-pre-wrap text-ink-2">{textOf(value)}</dd>
        </div>
      ))}
    </dl>
  );
};

const Output = ({ row }: { readonly row: ToolRow }) => {
  const { finish } = row;
  const { event, failure } = useEvent(finish?.n ?? null);
  if (failure !== null) return <FailureNote failure={failure} className="m-2" />;
  if (finish === null) return null;
  if (event === null)
    return <p className="border-t border-line-soft px-3 py-1.5 text-s text-ink-3">Loading…</p>;
  if (event.body.type !== 'tool.finished') return null;
  const { output, isError, truncated } = event.body;
  return (
    <div className={isError ? 'border-t border-bad/35 bg-bad-bg' : 'border-t border-line-soft'}>
      {output === '' ? (
        <p className="px-3 py-1.5 text-s text-ink-3">No output.</p>
      ) : (
        <LongText text={output} label="Result" />
      )}
      <div className="flex items-center gap-2 px-1.5 pb-1 text-xs text-ink-3">
        {output === '' ? null : <CopyButton text={output} label="Copy result" />}
        {truncated ? <span>The end was cut here; the raw line has all of it.</span> : null}
      </div>
    </div>
  );
};

/** An opened call: what it was given, or what it changes; what a subagent did; what came out. */
export const ToolDetails = ({ row }: { readonly row: ToolRow }) => {
  const { workspace } = useStream();
  const { name, input, toolUseId } = row.event.body;
  const change = fileChange(name, input, workspace);
  return (
    <>
      {change === null ? (
        <div className="border-t border-line-soft">
          <Input name={name} input={input} />
        </div>
      ) : (
        <Diff lines={change.lines} file={change.file} />
      )}
      {startsSubagent(name) ? (
        <NestedRows n={row.n} toolUseId={toolUseId} end={row.finish?.n ?? null} />
      ) : null}
      {change !== null && row.finish?.isError !== true ? null : <Output row={row} />}
    </>
  );
};
