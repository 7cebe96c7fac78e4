import type { InstanceView } from '../../../shared/domain/instance.ts';
import { ChangeSize, Diff } from './diff.tsx';
import { QuestionCard } from '../question/question-card.tsx';
import { fileChange } from './tool-words.ts';

/** The oldest question of an instance, always in sight below its stream; an edit asked about is shown as a diff. */
export const QuestionDock = ({ instance }: { readonly instance: InstanceView }) => {
  const [question] = instance.questions;
  if (question === undefined) return null;
  const change = fileChange(question.toolName, question.input, instance.workspace);
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
      <QuestionCard
        key={question.requestId}
        instance={instance}
        question={question}
        full
        className="shadow-over"
      />
    </div>
  );
};
