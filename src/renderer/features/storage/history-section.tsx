import { FolderInput } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { notify } from '../notices/notices.ts';
import type { HistoryProgress, HistoryStatus } from '../../../shared/contract/history.ts';
import { failureOf, type Failure } from '../../../shared/domain/failure.ts';
import { useEngine } from '../../data/engine.tsx';
import { useAction } from '../../data/use-action.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Button } from '../../ui/button.tsx';
import { When } from '../../ui/figures.tsx';
import { bytesText, counted } from '../../ui/format.ts';
import { FailureNote, Loading } from '../../ui/notes.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { StorageFact, StorageFacts, StorageSection } from './storage-section.tsx';

const sessionsText = (count: number): string => counted(count, 'session');

const doneText = ({ sessionsAdded, sessionsGrown, sessionsOurs, newBytes }: HistoryProgress): string => {
  if (sessionsAdded + sessionsGrown === 0) return 'There is nothing new in Claude’s history.';
  return [
    `Took in ${sessionsText(sessionsAdded)} (${bytesText(newBytes)} read)`,
    ...(sessionsGrown === 0 ? [] : [`${sessionsText(sessionsGrown)} went on`]),
    ...(sessionsOurs === 0 ? [] : [`${sessionsText(sessionsOurs)} of our own left out`]),
  ].join('; ');
};

const Progress = ({ progress }: { readonly progress: HistoryProgress }) => (
  <div role="status" className="flex flex-col gap-1.5">
    <ProgressBar
      label="Claude’s history"
      done={progress.readBytes}
      of={progress.state === 'looking' ? 0 : progress.newBytes}
    />
    <p className="text-s text-ink-3 tabular-nums">
      {progress.state === 'looking'
        ? `Looking: ${counted(progress.files, 'file')} so far`
        : `${bytesText(progress.readBytes)} of ${bytesText(progress.newBytes)} · ${sessionsText(progress.sessionsAdded)} new · ${sessionsText(progress.sessionsGrown)} went on`}
    </p>
  </div>
);

type ImportState = {
  readonly progress: HistoryProgress | null;
  readonly failure: Failure | null;
  readonly run: () => Promise<void>;
  readonly cancel: () => void;
};

/** An import that is followed to its end; who goes away cancels it, and what was taken in stays. */
const useImport = (onDone: () => void): ImportState => {
  const { connection } = useEngine();
  const [progress, setProgress] = useState<HistoryProgress | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const running = useRef<AbortController | null>(null);
  const cancel = (): void => {
    running.current?.abort();
  };
  useEffect(() => cancel, []);
  const run = async (): Promise<void> => {
    const mine = new AbortController();
    running.current = mine;
    setFailure(null);
    try {
      await connection.request(async (client) => {
        for await (const told of await client.history.import({}, { signal: mine.signal })) {
          setProgress(told);
          if (told.state === 'done') notify({ text: `${doneText(told)}.`.replace('..', '.') });
        }
      });
    } catch (error) {
      if (!mine.signal.aborted) setFailure(failureOf(error, 'console.error'));
    }
    setProgress((last) => (last?.problems.length === 0 || last?.state !== 'done' ? null : last));
    onDone();
  };
  return { progress, failure, run, cancel };
};

const Problems = ({ progress }: { readonly progress: HistoryProgress }) => (
  <div className="text-s">
    <p className="font-[550]">Files that could not be read</p>
    <ul className="mt-1 flex flex-col gap-1">
      {progress.problems.map(({ path, message }) => (
        <li key={path} className="min-w-0 [overflow-wrap:anywhere]">
          <code className="font-mono text-xs">{path}</code> <span className="text-ink-2">{message}</span>
        </li>
      ))}
    </ul>
  </div>
);

type FollowProps = { readonly status: HistoryStatus; readonly onDone: () => void };

const Follow = ({ status, onDone }: FollowProps) => {
  const follow = useAction((client, on: boolean) => client.history.follow({ on }), onDone);
  return (
    <>
      <label className="flex items-start gap-2.5">
        <input
          type="checkbox"
          role="switch"
          checked={status.following}
          disabled={follow.pending}
          onChange={(event) => void follow.run(event.currentTarget.checked)}
          className="mt-[3px] accent-accent"
        />
        <span>
          Follow it
          <span className="block text-s text-ink-3">
            What is run in a terminal from now on comes in by itself, also after the next start.
          </span>
        </span>
      </label>
      {follow.failure === null ? null : <FailureNote failure={follow.failure} />}
    </>
  );
};

const Facts = ({ status }: { readonly status: HistoryStatus }) => {
  const { sessions, files, bytes, lastAt, folder } = status;
  return (
    <StorageFacts>
      <StorageFact name="Taken in">
        {sessionsText(sessions)} · {counted(files, 'file')} · {bytesText(bytes)}
      </StorageFact>
      {lastAt === null ? null : (
        <StorageFact name="Last looked">
          <When at={lastAt} />
        </StorageFact>
      )}
      <StorageFact name="Folder">
        <code className="font-mono text-xs break-all">{folder}</code>
      </StorageFact>
    </StorageFacts>
  );
};

const Known = ({ status, reload }: { readonly status: HistoryStatus; readonly reload: () => void }) => {
  const taken = useImport(reload);
  const progress = taken.progress ?? status.importing;
  const runs = progress !== null && progress.state !== 'done';
  return (
    <>
      <Facts status={status} />
      {progress === null ? null : runs ? <Progress progress={progress} /> : <Problems progress={progress} />}
      {taken.failure === null ? null : <FailureNote failure={taken.failure} />}
      <Follow status={status} onDone={reload} />
      <div className="flex gap-2">
        <Button icon={FolderInput} disabled={runs} onClick={() => void taken.run()}>
          Take in what is new
        </Button>
        {taken.progress !== null && runs ? (
          <Button look="ghost" onClick={taken.cancel}>
            Stop
          </Button>
        ) : null}
      </div>
    </>
  );
};

/** Claude Code's own history: what was taken in of it, taking in what is new, and following it. */
export const HistorySection = () => {
  const { value, failure, reload } = useAnswer('history', (client) => client.history.status());
  return (
    <StorageSection
      title="Claude’s own history"
      text="Sessions that were run in a terminal. They are read only, and kept here when Claude deletes them."
    >
      {failure === null ? null : <FailureNote failure={failure} />}
      {value === null && failure === null ? <Loading what="Looking…" /> : null}
      {value === null ? null : <Known status={value} reload={reload} />}
    </StorageSection>
  );
};
