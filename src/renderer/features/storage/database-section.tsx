import { Minimize2, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { DatabaseStats, PruneReport } from '../../../shared/contract/database.ts';
import { useAction } from '../../data/use-action.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { When } from '../../ui/figures.tsx';
import { bytesText, counted, secondsText, wholeNumber } from '../../ui/format.ts';
import { cx } from '../../ui/class-names.ts';
import { FailureNote, Loading } from '../../ui/notes.tsx';
import { notify } from '../notices/notices.ts';
import { StorageFact, StorageFacts, StorageSection } from './storage-section.tsx';

type Part = { readonly title: string; readonly bytes: number; readonly color: string };

const partsOf = ({ bytes }: DatabaseStats): readonly Part[] =>
  [
    { title: 'Sessions', bytes: bytes.database - bytes.free + bytes.log, color: 'bg-out' },
    { title: 'Free in the database', bytes: bytes.free, color: 'bg-line-strong' },
    { title: 'Search index', bytes: bytes.search, color: 'bg-cr' },
    { title: 'Raw streams', bytes: bytes.spools, color: 'bg-cw' },
    { title: 'Raw streams, compressed', bytes: bytes.compressedSpools, color: 'bg-limited-fill' },
    { title: 'What it can be rebuilt from', bytes: bytes.ledgers, color: 'bg-waiting-fill' },
    { title: 'Backups', bytes: bytes.backups, color: 'bg-in' },
    { title: 'Other', bytes: bytes.other, color: 'bg-idle' },
  ].filter((part) => part.bytes > 0);

const Room = ({ stats }: { readonly stats: DatabaseStats }) => {
  const parts = partsOf(stats);
  const all = Math.max(
    1,
    parts.reduce((sum, { bytes }) => sum + bytes, 0),
  );
  return (
    <div className="flex flex-col gap-2">
      <p className="text-xl font-semibold tracking-[-0.02em] tabular-nums">{bytesText(stats.bytes.total)}</p>
      <div className="flex h-2 gap-px overflow-hidden rounded-full bg-idle-bg" aria-hidden>
        {parts.map(({ title, bytes, color }) => (
          <i
            key={title}
            className={cx('block h-full', color)}
            style={{ width: `${String((bytes / all) * 100)}%` }}
          />
        ))}
      </div>
      <dl aria-label="What takes the room" className="flex flex-wrap gap-x-4 gap-y-1 text-s">
        {parts.map(({ title, bytes, color }) => (
          <div key={title} className="flex items-center gap-1.5">
            <i className={cx('size-2 rounded-[2px]', color)} aria-hidden />
            <dt className="text-ink-3">{title}</dt>
            <dd className="tabular-nums">{bytesText(bytes)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
};

const DAY_MS = 86_400_000;

const daysText = (ms: number): string => (ms % DAY_MS === 0 ? counted(ms / DAY_MS, 'day') : secondsText(ms));

const keptText = ({ retention }: DatabaseStats): string => {
  const { maxAgeMs, maxBytes } = retention;
  if (maxAgeMs === null && maxBytes === null) return 'for ever';
  return [
    ...(maxAgeMs === null ? [] : [`for ${daysText(maxAgeMs)}`]),
    ...(maxBytes === null ? [] : [`up to ${bytesText(maxBytes)}`]),
  ].join(', ');
};

const Facts = ({ stats }: { readonly stats: DatabaseStats }) => {
  const { orchestrations, instances, events, retention, dataDir } = stats;
  return (
    <StorageFacts>
      <StorageFact name="Sessions">
        {wholeNumber(orchestrations.total)} · {wholeNumber(orchestrations.pinned)} pinned ·{' '}
        {wholeNumber(orchestrations.deleted)} deleted
      </StorageFact>
      <StorageFact name="In them">
        {counted(instances, 'instance')} · {counted(events, 'event')}
      </StorageFact>
      <StorageFact name="Kept">
        {keptText(stats)}; what was deleted, for {daysText(retention.trashMs)}
      </StorageFact>
      <StorageFact name="Folder">
        <code className="font-mono text-xs break-all">{dataDir}</code>
      </StorageFact>
    </StorageFacts>
  );
};

const reasonWords = { trash: 'deleted', age: 'too old', size: 'too much' } as const;
const SHOWN_MOST = 8;

const WouldGo = ({ report }: { readonly report: PruneReport }) => {
  const more = report.removed.length - SHOWN_MOST;
  return (
    <ul className="flex flex-col gap-1 rounded-m border border-line-soft px-3 py-2 text-s">
      {report.removed.slice(0, SHOWN_MOST).map(({ id, name, endedAt, reason, bytes }) => (
        <li key={id} className="flex gap-3">
          <span className="min-w-0 flex-1 truncate">{name}</span>
          <span className="text-ink-3">{reasonWords[reason]}</span>
          <When at={endedAt} className="text-ink-3" />
          <span className="w-16 text-right tabular-nums">{bytesText(bytes)}</span>
        </li>
      ))}
      {more > 0 ? <li className="text-ink-3">and {wholeNumber(more)} more</li> : null}
    </ul>
  );
};

type SureProps = {
  readonly report: PruneReport;
  readonly open: boolean;
  readonly pending: boolean;
  readonly onClose: () => void;
  readonly onRemove: () => void;
};

const SureToRemove = ({ report, open, pending, onClose, onRemove }: SureProps) => (
  <Confirm
    open={open}
    onClose={onClose}
    title={`Remove ${counted(report.removed.length, 'session')} for good?`}
    description={`That frees about ${bytesText(report.bytes)}, and cannot be taken back: their events and raw streams go too.`}
  >
    <Button look="danger" disabled={pending} onClick={onRemove}>
      Remove for good
    </Button>
  </Confirm>
);

const Prune = ({ onDone }: { readonly onDone: () => void }) => {
  const [found, setFound] = useState<PruneReport | null>(null);
  const [sure, setSure] = useState(false);
  const look = useAction((client) => client.database.prune({ dryRun: true }), setFound);
  const prune = useAction(
    (client) => client.database.prune({ dryRun: false }),
    (report) => {
      setSure(false);
      setFound(null);
      notify({
        text: `Removed ${counted(report.removed.length, 'session')}, about ${bytesText(report.bytes)}.`,
      });
      onDone();
    },
  );
  const failure = look.failure ?? prune.failure;
  const isEmpty = found?.removed.length === 0;
  const some = isEmpty ? null : found;
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <Button icon={Trash2} disabled={look.pending} onClick={() => void look.run()}>
          What can go?
        </Button>
        {some === null ? null : (
          <Button
            look="danger"
            onClick={() => {
              setSure(true);
            }}
          >
            Remove {counted(some.removed.length, 'session')}…
          </Button>
        )}
        {isEmpty ? (
          <span role="status" className="text-s text-ink-3">
            Nothing: the settings keep everything. For example{' '}
            <code className="font-mono text-xs">{`netra settings set retention '{"maxAge": "90d"}'`}</code>{' '}
            lets old sessions go.
          </span>
        ) : null}
      </div>
      {failure === null ? null : <FailureNote failure={failure} />}
      {some === null ? null : <WouldGo report={some} />}
      {some === null ? null : (
        <SureToRemove
          report={some}
          open={sure}
          pending={prune.pending}
          onClose={() => {
            setSure(false);
          }}
          onRemove={() => void prune.run()}
        />
      )}
    </>
  );
};

const Vacuum = ({ onDone }: { readonly onDone: () => void }) => {
  const vacuum = useAction(
    (client) => client.database.vacuum(),
    ({ before, after }) => {
      notify({ text: `The database has ${bytesText(after)} now, ${bytesText(before - after)} less.` });
      onDone();
    },
  );
  return (
    <>
      <div className="flex items-center gap-2">
        <Button icon={Minimize2} disabled={vacuum.pending} onClick={() => void vacuum.run()}>
          {vacuum.pending ? 'Making it smaller…' : 'Make it smaller'}
        </Button>
        <span className="text-s text-ink-3">
          Free room is filled again by itself; this gives it back at once.
        </span>
      </div>
      {vacuum.failure === null ? null : <FailureNote failure={vacuum.failure} />}
    </>
  );
};

/** How much is kept and what takes the room; what the settings let go of, and the database as small as it can be. */
export const DatabaseSection = () => {
  const { value, failure, reload } = useAnswer('database', (client) => client.database.stats());
  return (
    <StorageSection title="Room" text="How much is kept on this machine, and what takes it.">
      {failure === null ? null : (
        <FailureNote failure={failure}>
          <Button onClick={reload}>Try again</Button>
        </FailureNote>
      )}
      {value === null && failure === null ? <Loading what="Counting…" /> : null}
      {value === null ? null : (
        <>
          <Room stats={value} />
          <Facts stats={value} />
          <Prune onDone={reload} />
          <Vacuum onDone={reload} />
        </>
      )}
    </StorageSection>
  );
};
