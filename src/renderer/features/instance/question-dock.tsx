import type { InstanceView } from '../../../shared/domain/instance.ts';
import { asksOf } from '../../data/asks.ts';
import { ChangeSize, Diff } from './diff.tsx';
import { QuestionCard } from '../question/question-card.tsx';
import { fileChange } from './tool-words.ts';

/** The oldest thing that an instance waits for a person for, always in sight below its stream; an edit asked about is shown as a diff. */
export const QuestionDock = ({ instance }: { readonly instance: InstanceView }) => {
  const [ask] = asksOf(instance);
  if (ask === undefined) return null;
  const change = ask.kind === 'permission' ? fileChange(ask.toolName, ask.input, instance.workspace) : null;
  return (
    <div className="mx-auto mb-4 w-full max-w-[820px] shrink-0">
      {change === null ? null : (
        <div className="mb-2 max-h-[32vh] overflow-y-auto rounded-m border border-line bg-panel shadow-card">
          <div className="flex items-center gap-2 px-3 py-1.5 text-s">
            <code className="min-w-0 truncate font-mono text-ink-2">{change.file}</code>
            <span className="ml-auto text-xs">
              <ChangeSize lines={change.lines} />
            </span>
          </div>
          <Diff lines={change.lines} file={change.file} />
        </div>
      )}
      <QuestionCard key={ask.id} instance={instance} ask={ask} full className="shadow-over" />
    </div>
  );
};
