import { useState } from 'react';
import type { InstanceView, PermissionQuestion } from '../../../shared/domain/instance.ts';
import { questionWords } from '../../data/activity.ts';
import { useAction } from '../../data/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/class-names.ts';
import { Duration } from '../../ui/figures.tsx';
import { FailureNote } from '../../ui/notes.tsx';

type QuestionCardProps = {
  readonly instance: InstanceView;
  readonly question: PermissionQuestion;
  /** Shows the thing asked about in full, else its first lines. */
  readonly full?: boolean;
  readonly className?: string;
};

type AnswerProps = {
  readonly name: string;
  readonly pending: boolean;
  readonly onAnswer: (decision: 'allow' | 'deny', message: string | null) => void;
};

const AnswerButtons = ({ name, pending, onAnswer }: AnswerProps) => {
  const [denying, setDenying] = useState(false);
  const [reason, setReason] = useState('');
  if (denying) {
    return (
      <form
        className="flex gap-1.5"
        onSubmit={(event) => {
          event.preventDefault();
          onAnswer('deny', reason.trim() === '' ? null : reason.trim());
        }}
      >
        <input
          aria-label={`Why ${name} may not; Claude reads it`}
          placeholder="Why not? Claude reads it. Optional."
          value={reason}
          maxLength={10_000}
          // The person just asked for this field.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          onChange={(event) => {
            setReason(event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            event.stopPropagation();
            setDenying(false);
          }}
          className="h-[26px] min-w-0 flex-1 rounded-s border border-line-strong bg-panel px-2 text-s placeholder:text-ink-3"
        />
        <Button type="submit" look="danger" disabled={pending}>
          Deny
        </Button>
      </form>
    );
  }
  return (
    <div className="flex gap-1.5">
      <Button
        look="primary"
        disabled={pending}
        aria-label={`Allow ${name}`}
        onClick={() => {
          onAnswer('allow', null);
        }}
      >
        Allow
      </Button>
      <Button
        look="danger"
        disabled={pending}
        aria-label={`Deny ${name}…`}
        onClick={() => {
          setDenying(true);
        }}
      >
        Deny…
      </Button>
    </div>
  );
};

/** A permission question with what it is about, how long it waits, and its answers. */
export const QuestionCard = ({ instance, question, full = false, className }: QuestionCardProps) => {
  const { title, detail, description } = questionWords(question);
  const answer = useAction((client, decision: 'allow' | 'deny', message: string | null) =>
    client.instances.answer({ id: instance.id, requestId: question.requestId, decision, message }),
  );
  const more = instance.questions.length - 1;
  return (
    <section
      aria-label={`${instance.name}: ${title}`}
      className={cx('rounded-m border border-line bg-waiting-bg px-2.5 py-2', className)}
    >
      <div className="flex gap-2 text-s">
        <b className="font-medium">{title}</b>
        <span className="ml-auto whitespace-nowrap text-ink-2">
          waits <Duration from={question.askedAt} to={null} />
        </span>
      </div>
      <pre
        className={cx(
          'mt-1 mb-2 font-mono text-s break-words whitespace-pre-wrap',
          full ? 'max-h-[40vh] overflow-y-auto' : 'line-clamp-2',
        )}
        {...(full ? { tabIndex: 0, role: 'region', 'aria-label': 'What is asked for' } : {})}
      >
        {detail}
      </pre>
      {description === null ? null : (
        <p className="-mt-1 mb-2 line-clamp-2 text-s text-ink-2">{description}</p>
      )}
      {answer.failure === null ? null : <FailureNote failure={answer.failure} className="mb-2" />}
      <div className="flex items-center gap-2">
        <div className="min-w-0 flex-1">
          <AnswerButtons
            name={`${instance.name}: ${title} ${detail.slice(0, 80)}`}
            pending={answer.pending}
            onAnswer={(decision, message) => void answer.run(decision, message)}
          />
        </div>
        {more > 0 ? <span className="text-xs text-ink-2">and {more} more</span> : null}
      </div>
    </section>
  );
};
