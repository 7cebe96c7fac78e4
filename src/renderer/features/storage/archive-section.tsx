import { Download, PackageOpen } from 'lucide-react';
import { useState } from 'react';
import { notify } from '../notices/notices.ts';
import { panels } from '../../app/panels.ts';
import type { ImportStep } from '../../../shared/contract/exports.ts';
import { useAction } from '../../data/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { counted, wholeNumber } from '../../ui/format.ts';
import { FailureNote } from '../../ui/notes.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { StorageSection } from './storage-section.tsx';

type Progress = {
  readonly of: number;
  readonly done: number;
  readonly refused: readonly Extract<ImportStep, { readonly kind: 'orchestration' }>[];
};

const nothingDone: Progress = { of: 0, done: 0, refused: [] };

const after = (progress: Progress, step: ImportStep): Progress => {
  if (step.kind === 'checked') return { ...progress, of: step.orchestrations };
  if (step.kind === 'end') return progress;
  return {
    ...progress,
    done: progress.done + 1,
    refused: step.outcome === 'refused' ? [...progress.refused, step] : progress.refused,
  };
};

/** Archives: all sessions as a file for another machine, and such a file taken in. */
export const ArchiveSection = () => {
  const [file, setFile] = useState('');
  const [progress, setProgress] = useState<Progress | null>(null);
  const take = useAction(async (client) => {
    setProgress(nothingDone);
    for await (const step of await client.exports.importArchive({ file: file.trim() })) {
      setProgress((before) => after(before ?? nothingDone, step));
      if (step.kind === 'end') {
        const { imported, present, refused, notes } = step;
        notify({
          text: [
            `Took in ${counted(imported, 'session')}.`,
            ...(present === 0 ? [] : [`Here already: ${wholeNumber(present)}.`]),
            ...(refused === 0 ? [] : [`Refused: ${wholeNumber(refused)}.`]),
            ...notes,
          ].join(' '),
        });
      }
    }
  });
  return (
    <StorageSection
      title="Archives"
      text="Whole sessions as one file, which another machine takes in with the same totals."
    >
      <div className="flex flex-wrap gap-2">
        <Button
          icon={Download}
          onClick={() => {
            panels.setState({ library: { about: 'export', sessions: null } });
          }}
        >
          Export all…
        </Button>
      </div>
      <form
        className="flex gap-2 border-t border-line-soft pt-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (file.trim() !== '') void take.run();
        }}
      >
        <input
          aria-label="Archive to take in, by its path on the machine of the engine"
          placeholder="/path/to/sessions.netra"
          value={file}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setFile(event.currentTarget.value);
          }}
          className="h-[26px] min-w-0 flex-1 rounded-s border border-line-strong bg-panel px-2 font-mono text-s placeholder:text-ink-3"
        />
        <Button type="submit" icon={PackageOpen} disabled={take.pending || file.trim() === ''}>
          Take it in
        </Button>
      </form>
      {take.pending && progress !== null ? (
        <div role="status" className="flex flex-col gap-1.5">
          <ProgressBar label="Archive" done={progress.done} of={progress.of} />
          <p className="text-s text-ink-3 tabular-nums">
            {progress.of === 0
              ? 'Checking that it is whole…'
              : `${wholeNumber(progress.done)} of ${counted(progress.of, 'session')}`}
          </p>
        </div>
      ) : null}
      {take.failure === null ? null : <FailureNote failure={take.failure} />}
      {progress === null || progress.refused.length === 0 ? null : (
        <ul aria-label="Refused" className="flex flex-col gap-1 text-s">
          {progress.refused.slice(0, 20).map(({ id, name, reason }) => (
            <li key={id}>
              <span className="font-[550]">{name}</span> <span className="text-ink-2">{reason}</span>
            </li>
          ))}
        </ul>
      )}
    </StorageSection>
  );
};
