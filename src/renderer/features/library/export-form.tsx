import { Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { notify } from '../notices/notices.ts';
import type { ExportFormat } from '../../../shared/contract/exports.ts';
import { failureOf, type Failure } from '../../../shared/domain/failure.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { useEngine } from '../../data/engine.tsx';
import { runExport, type ExportedFile } from '../../data/export-run.ts';
import { Button } from '../../ui/button.tsx';
import { download } from '../../ui/download.ts';
import { bytesText, counted, wholeNumber } from '../../ui/format.ts';
import { FailureNote } from '../../ui/notes.tsx';

const formats: readonly { readonly id: ExportFormat; readonly title: string; readonly words: string }[] = [
  { id: 'html', title: 'HTML report', words: 'One page to read and to search, with charts; opens anywhere.' },
  { id: 'markdown', title: 'Markdown', words: 'Everything said and run, as text.' },
  { id: 'json', title: 'JSON', words: 'Sessions, instances and events as one document.' },
  { id: 'ndjson', title: 'NDJSON', words: 'The same, one event a line.' },
  { id: 'csv', title: 'CSV of usage', words: 'Tokens and cost per instance and model, for a spreadsheet.' },
  { id: 'archive', title: 'Archive', words: 'Whole sessions, which another machine can take in.' },
];

const doneText = ({ fileName, end }: ExportedFile): string => {
  const { orchestrations, events, redacted, notes } = end;
  const secrets = redacted === null ? null : Object.values(redacted).reduce((sum, count) => sum + count, 0);
  return [
    `Exported ${counted(orchestrations, 'session')}, ${counted(events, 'event')}, as ${fileName}.`,
    ...(secrets === null ? [] : [`Secrets taken out: ${wholeNumber(secrets)}.`]),
    ...notes,
  ].join(' ');
};

type ChoiceProps<T> = { readonly disabled: boolean; readonly onChange: (value: T) => void };

const FormatChoice = ({
  format,
  disabled,
  onChange,
}: ChoiceProps<ExportFormat> & { readonly format: ExportFormat }) => (
  <fieldset className="min-h-0 overflow-y-auto px-2" disabled={disabled}>
    <legend className="sr-only">Format</legend>
    {formats.map(({ id, title, words }) => (
      <label
        key={id}
        className="grid grid-cols-[auto_1fr] gap-x-2.5 rounded-m px-2 py-1.5 hover:bg-hover has-checked:bg-sel"
      >
        <input
          type="radio"
          name="format"
          value={id}
          checked={format === id}
          onChange={() => {
            onChange(id);
          }}
          className="row-span-2 mt-[3px] self-start accent-accent"
        />
        <span className="font-[550]">{title}</span>
        <span className="text-s text-ink-2">{words}</span>
      </label>
    ))}
  </fieldset>
);

const RedactChoice = ({
  redact,
  disabled,
  onChange,
}: ChoiceProps<boolean> & { readonly redact: boolean }) => (
  <label className="mx-4 my-3 grid grid-cols-[auto_1fr] gap-x-2.5 border-t border-line-soft pt-3">
    <input
      type="checkbox"
      checked={redact}
      disabled={disabled}
      onChange={(event) => {
        onChange(event.currentTarget.checked);
      }}
      className="row-span-2 mt-[3px] self-start accent-accent"
    />
    Take secrets out
    <span className="text-s text-ink-3">
      Keys, tokens and passwords of well-known shapes. Read it over all the same before you share it.
    </span>
  </label>
);

type ExportFormProps = {
  readonly sessions: readonly OrchestrationView[] | null;
  readonly onClose: () => void;
};

/** Writes sessions as a file, in a format of a person's choice. */
export const ExportForm = ({ sessions, onClose }: ExportFormProps) => {
  const { connection } = useEngine();
  const [format, setFormat] = useState<ExportFormat>(sessions === null ? 'archive' : 'html');
  const [redact, setRedact] = useState(false);
  const [size, setSize] = useState<number | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(
    () => () => {
      running.current?.abort();
    },
    [],
  );
  const run = async (): Promise<void> => {
    const mine = new AbortController();
    running.current = mine;
    setSize(0);
    setFailure(null);
    try {
      const ids = sessions?.map(({ id }) => id) ?? null;
      const options = { signal: mine.signal, onProgress: setSize };
      const file = await runExport(connection, { ids, format, redact }, options);
      download(file.fileName, file.mediaType, file.parts);
      notify({ text: doneText(file) });
      onClose();
    } catch (error) {
      if (!mine.signal.aborted) setFailure(failureOf(error, 'console.error'));
    } finally {
      if (!mine.signal.aborted) setSize(null);
    }
  };
  return (
    <form
      className="flex min-h-0 flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <FormatChoice format={format} disabled={size !== null} onChange={setFormat} />
      <RedactChoice redact={redact} disabled={size !== null} onChange={setRedact} />
      {failure === null ? null : <FailureNote failure={failure} className="mx-4 mb-3" />}
      <div className="flex items-center justify-end gap-2 border-t border-line-soft px-4 py-3">
        {size === null ? null : (
          <span role="status" className="mr-auto text-s text-ink-3 tabular-nums">
            {size === 0 ? 'Gathering…' : `${bytesText(size)} so far`}
          </span>
        )}
        <Button look="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" look="primary" icon={Download} disabled={size !== null}>
          Export
        </Button>
      </div>
    </form>
  );
};
