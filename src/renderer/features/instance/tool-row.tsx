import {
  Bot,
  ChevronRight,
  FileText,
  Globe,
  ListTodo,
  LoaderCircle,
  Pencil,
  Plug,
  Search,
  Terminal,
  Wrench,
  type LucideIcon,
} from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { cx } from '../../ui/class-names.ts';
import { durationText } from '../../ui/format.ts';
import { Chip } from '../../ui/state.tsx';
import { ChangeSize } from './diff.tsx';
import type { Row, ToolRow as ToolRowData } from './outline.ts';
import { RawButton } from './row-frame.tsx';
import { findEvent } from './scan.ts';
import { useFold, useStream } from './stream-context.ts';
import { ToolDetails } from './tool-details.tsx';
import { fileChange, readsWords, startsSubagent, toolWords, type ToolIcon } from './tool-words.ts';

const icons: Readonly<Record<ToolIcon, LucideIcon>> = {
  command: Terminal,
  file: FileText,
  edit: Pencil,
  search: Search,
  agent: Bot,
  web: Globe,
  list: ListTodo,
  plug: Plug,
  tool: Wrench,
};

type LineProps = {
  readonly icon: LucideIcon;
  readonly open: boolean;
  readonly onToggle: () => void;
  readonly verb: string | null;
  readonly subject: string;
  readonly aside: React.ReactNode;
  readonly raw: readonly number[];
  readonly children: React.ReactNode;
};

/** One line of a card of tools; its details under it when it is open. */
const ToolLine = ({ icon: Icon, open, onToggle, verb, subject, aside, raw, children }: LineProps) => (
  <div className="tool-line overflow-hidden">
    <div className="row-frame flex items-center pr-1 focus-within:bg-hover hover:bg-hover">
      <button
        type="button"
        aria-expanded={open}
        className="flex min-h-[29px] min-w-0 flex-1 items-center gap-2 py-1 pr-1 pl-2.5 text-left text-s focus-visible:-outline-offset-2"
        onClick={onToggle}
      >
        <Icon size={14} strokeWidth={1.75} className="shrink-0 text-ink-2" aria-hidden />
        <code className="min-w-0 truncate font-mono text-ink-2">
          {verb === null ? null : <span className="text-ink">{verb} </span>}
          {subject}
        </code>
        <span className="ml-auto flex shrink-0 items-center gap-2 pl-2 text-xs text-ink-3 tabular-nums">
          {aside}
          <ChevronRight
            size={13}
            className={cx('transition-transform duration-75', open && 'rotate-90')}
            aria-hidden
          />
        </span>
      </button>
      <RawButton events={raw} />
    </div>
    {open ? children : null}
  </div>
);

/** Looks for the end of a call that is not among the loaded events; gives up when the call has none yet. */
const useMissingFinish = ({ n, event, finish }: ToolRowData): void => {
  const { stream, view } = useStream();
  const id = event.body.toolUseId;
  useEffect(() => {
    if (finish !== null || view.knowsAllFrom(n)) return;
    const looking = new AbortController();
    const read = async (from: number, limit: number) => {
      const events = await stream.read(from, limit);
      if (!looking.signal.aborted) view.learn(events);
      return events;
    };
    findEvent({
      read,
      from: n + 1,
      to: stream.store.getState().letters.length,
      signal: looking.signal,
      fits: ({ body }) => body.type === 'tool.finished' && body.toolUseId === id,
    }).catch(() => {
      // Without a connection the end stays unknown; the console says so elsewhere, and drawing the row again asks again.
    });
    return () => {
      looking.abort();
    };
  }, [stream, view, n, id, finish]);
};

const Outcome = ({ row }: { readonly row: ToolRowData }) => {
  const { stream, view } = useStream();
  const { finish, event } = row;
  const goesOn = useStore(stream.store, (state) => state.instance !== null && state.following);
  const nested = useStore(view.store, () =>
    startsSubagent(event.body.name) ? view.nestedIn(event.body.toolUseId) : 0,
  );
  const change = fileChange(event.body.name, event.body.input, '');
  return (
    <>
      {nested === 0 ? null : <span>{nested} events</span>}
      {change === null ? null : <ChangeSize lines={change.lines} />}
      {finish === null ? (
        goesOn ? (
          <span className="flex items-center gap-1.5 text-running">
            <LoaderCircle size={12} className="animate-turn" aria-hidden /> running
          </span>
        ) : (
          <span>no result</span>
        )
      ) : (
        <>
          {finish.isError ? <Chip tone="bad">failed</Chip> : null}
          {finish.durationMs === null ? null : <span>{durationText(finish.durationMs)}</span>}
        </>
      )}
    </>
  );
};

/** A call of a tool: one line with its result; open when it failed. */
export const ToolRow = ({ row }: { readonly row: ToolRowData }) => {
  const { workspace } = useStream();
  const { n, event, finish } = row;
  const [open, toggle] = useFold(n, finish?.isError === true);
  const { icon, verb, subject } = toolWords(event.body.name, event.body.input, workspace);
  useMissingFinish(row);
  return (
    <ToolLine
      icon={icons[icon]}
      open={open}
      onToggle={toggle}
      verb={verb}
      subject={subject}
      aside={<Outcome row={row} />}
      raw={finish === null ? [n] : [n, finish.n]}
    >
      <ToolDetails row={row} />
    </ToolLine>
  );
};

/** Several calls that only read, as one line; opened, each of them is a line. */
export const ReadsRow = ({ row }: { readonly row: Extract<Row, { readonly kind: 'reads' }> }) => {
  const { workspace } = useStream();
  // The number of the first call is the fold of that call itself: half a step before it is this row's.
  const [open, toggle] = useFold(row.n - 0.5, false);
  const calls = row.calls.map(({ event }) => event.body);
  const durations = row.calls.flatMap(({ finish }) => finish?.durationMs ?? []);
  const running = row.calls.some(({ finish }) => finish === null);
  return (
    <ToolLine
      icon={FileText}
      open={open}
      onToggle={toggle}
      verb={null}
      subject={readsWords(calls, workspace)}
      aside={
        <span>
          {row.calls.length} reads
          {durations.length === 0 ? '' : ` · ${durationText(durations.reduce((sum, one) => sum + one, 0))}`}
          {running ? ' · …' : ''}
        </span>
      }
      raw={row.calls.map(({ n }) => n)}
    >
      <div className="border-t border-line-soft py-1 pr-2.5 pl-5">
        {row.calls.map((call) => (
          <div key={call.n} data-look="tool">
            <ToolRow row={call} />
          </div>
        ))}
      </div>
    </ToolLine>
  );
};
