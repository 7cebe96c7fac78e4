import type { InboxAnswer } from '../../../shared/contract/inbox.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import { panels } from '../../app/panels.ts';
import { askWords } from '../../data/activity.ts';
import { asksOf, type Ask, type AskOf } from '../../data/asks.ts';
import { useAction } from '../../data/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/class-names.ts';
import { Duration } from '../../ui/figures.tsx';
import { FailureNote } from '../../ui/notes.tsx';
import type { AnsweringProps } from './answering.ts';
import { BudgetAnswer, SignInAnswer, TrustAnswer } from './hold-answer.tsx';
import { PermissionAnswer } from './permission-answer.tsx';
import { PlanAnswer } from './plan-answer.tsx';
import { QuestionAnswer } from './question-answer.tsx';

type QuestionCardProps = {
  readonly instance: InstanceView;
  readonly ask: Ask;
  /** Shows the thing asked about in full and takes every answer; else its first lines, and the short answers. */
  readonly full?: boolean;
  readonly className?: string;
};

const Asked = ({ text, full }: { readonly text: string; readonly full: boolean }) => (
  <pre
    className={cx(
      'mt-1 mb-2 font-mono text-s break-words whitespace-pre-wrap',
      full ? 'max-h-[40vh] overflow-y-auto' : 'line-clamp-2',
    )}
    {...(full ? { tabIndex: 0, role: 'region', 'aria-label': 'What is asked for' } : {})}
  >
    {text}
  </pre>
);

type PermissionProps = AnsweringProps<AskOf<'permission'>> & { readonly full: boolean };

const Permission = (props: PermissionProps) => {
  const { detail, description } = askWords(props.ask);
  return (
    <>
      <Asked text={detail} full={props.full} />
      {description === null ? null : (
        <p className="-mt-1 mb-2 line-clamp-2 text-s text-ink-2">{description}</p>
      )}
      <PermissionAnswer {...props} />
    </>
  );
};

/** What cannot be answered in so little room: its first lines, and the way to all of it. */
const Short = ({ instance, ask }: { readonly instance: InstanceView; readonly ask: Ask }) => {
  const { title, detail } = askWords(ask);
  return (
    <>
      <p className="mt-1 mb-2 line-clamp-2 text-s break-words">{detail}</p>
      <Button
        look="primary"
        aria-label={`Look… ${instance.name}: ${title}`}
        onClick={() => {
          panels.setState({ peek: instance.id });
        }}
      >
        Look…
      </Button>
    </>
  );
};

const Answer = ({
  instance,
  full,
  ...props
}: AnsweringProps & { readonly instance: InstanceView; readonly full: boolean }) => {
  const { ask, ...rest } = props;
  if (ask.kind === 'permission') return <Permission ask={ask} full={full} {...rest} />;
  if (!full) return <Short instance={instance} ask={ask} />;
  switch (ask.kind) {
    case 'question':
      return <QuestionAnswer ask={ask} {...rest} />;
    case 'plan':
      return <PlanAnswer ask={ask} {...rest} />;
    case 'trust':
      return <TrustAnswer ask={ask} {...rest} />;
    case 'budget':
      return <BudgetAnswer ask={ask} {...rest} />;
    case 'sign_in':
      return <SignInAnswer ask={ask} {...rest} />;
  }
};

/** Something that waits for a person: what it is about, how long it waits, and its answers. */
export const QuestionCard = ({ instance, ask, full = false, className }: QuestionCardProps) => {
  const { title, detail } = askWords(ask);
  const answer = useAction((client, given: InboxAnswer) =>
    client.inbox.answer({ itemId: ask.id, answer: given }),
  );
  const more = asksOf(instance).length - 1;
  return (
    <section
      aria-label={`${instance.name}: ${title}`}
      className={cx('rounded-m border border-line bg-waiting-bg px-2.5 py-2', className)}
    >
      <div className="flex gap-2 text-s">
        <b className="font-medium">{title}</b>
        <span className="ml-auto whitespace-nowrap text-ink-2">
          {more > 0 ? `1 of ${String(more + 1)} · ` : null}waits <Duration from={ask.askedAt} to={null} />
        </span>
      </div>
      {answer.failure === null ? null : <FailureNote failure={answer.failure} className="my-2" />}
      <Answer
        instance={instance}
        full={full}
        ask={ask}
        name={`${instance.name}: ${title} ${detail.slice(0, 80)}`.trim()}
        pending={answer.pending}
        onAnswer={(given) => void answer.run(given)}
      />
    </section>
  );
};
