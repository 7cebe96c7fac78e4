import { Card } from '../../ui/layout.tsx';
import { CopyButton } from '../../ui/notes.tsx';

/** The plan as it was run, with line numbers. */
export const PlanText = ({ text, file }: { readonly text: string; readonly file: string | null }) => (
  <Card className="overflow-hidden">
    <div className="flex items-center gap-2 border-b border-line px-3 py-1.5">
      <span className="min-w-0 flex-1 truncate font-mono text-s text-ink-2">
        {file ?? 'written in the console'}
      </span>
      <CopyButton text={text} label="Copy plan" />
    </div>
    <pre
      // Long lines scroll sideways, which must work with the keyboard too.

      tabIndex={0}
      role="region"
      aria-label="Plan"
      className="overflow-x-auto py-2 font-mono text-s leading-[1.55]"
    >
      {text
        .trimEnd()
        .split('\n')
        .map((line, index) => (
          <span key={`${String(index)} ${line}`} className="block pr-4">
            <span className="mr-4 inline-block w-10 text-right text-ink-3 select-none" aria-hidden>
              {index + 1}
            </span>
            {line}
          </span>
        ))}
    </pre>
  </Card>
);
