import { useId, useState } from 'react';
import type { PersonQuestion } from '../../../shared/domain/question.ts';
import type { AskOf } from '../../data/asks.ts';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/state.tsx';
import type { AnsweringProps } from './answering.ts';
import { answersOf, noChoice, withOption, withOwn, type Choice } from './choices.ts';
import { DenyForm } from './deny-form.tsx';

type OptionsProps = {
  readonly question: PersonQuestion;
  readonly choice: Choice;
  readonly onChange: (choice: Choice) => void;
};

/** One question with its options, and a field for words of one's own. */
const Options = ({ question, choice, onChange }: OptionsProps) => {
  const group = useId();
  return (
    <fieldset className="mb-2.5">
      <legend className="mb-1 flex items-baseline gap-2">
        {question.header === null ? null : <Chip tone="waiting">{question.header}</Chip>}
        <span className="font-medium [overflow-wrap:anywhere]">{question.question}</span>
        {question.multiSelect ? <span className="text-xs text-ink-2">one or more</span> : null}
      </legend>
      {question.options.map(({ label, description }) => (
        <label key={label} className="flex items-start gap-2 rounded-xs py-[3px] text-s">
          <input
            type={question.multiSelect ? 'checkbox' : 'radio'}
            name={group}
            checked={choice.chosen.includes(label)}
            className="mt-[3px] accent-accent"
            onChange={() => {
              onChange(withOption(choice, question, label));
            }}
          />
          <span className="min-w-0 [overflow-wrap:anywhere]">
            {label}
            {description === null ? null : <span className="block text-xs text-ink-2">{description}</span>}
          </span>
        </label>
      ))}
      <input
        aria-label={`Words of your own: ${question.question}`}
        placeholder="Or in your own words"
        value={choice.own}
        maxLength={10_000}
        onChange={(event) => {
          onChange(withOwn(choice, question, event.currentTarget.value));
        }}
        className="mt-1 h-[26px] w-full rounded-s border border-line-strong bg-panel px-2 text-s placeholder:text-ink-3"
      />
    </fieldset>
  );
};

/** Claude's questions to the person, each with its options; sent when each has an answer. */
export const QuestionAnswer = ({ ask, name, pending, onAnswer }: AnsweringProps<AskOf<'question'>>) => {
  const { questions } = ask;
  const [choices, setChoices] = useState<readonly Choice[]>(() => questions.map(() => noChoice));
  const [denying, setDenying] = useState(false);
  const answers = answersOf(questions, choices);
  if (denying) {
    return (
      <DenyForm
        label={`Why ${name} gets no answer; Claude reads it`}
        placeholder="Why no answer? Claude reads it. Optional."
        button="Give no answer"
        pending={pending}
        onDeny={(message) => {
          onAnswer({ kind: 'deny', message });
        }}
        onClose={() => {
          setDenying(false);
        }}
      />
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (answers !== null) onAnswer({ kind: 'choose', answers });
      }}
    >
      <div className="max-h-[40vh] overflow-y-auto pr-1">
        {questions.map((question, index) => (
          <Options
            key={question.question}
            question={question}
            choice={choices[index] ?? noChoice}
            onChange={(choice) => {
              setChoices((all) => all.map((each, at) => (at === index ? choice : each)));
            }}
          />
        ))}
      </div>
      <div className="flex gap-1.5">
        <Button type="submit" look="primary" disabled={pending || answers === null}>
          {questions.length === 1 ? 'Send the answer' : 'Send the answers'}
        </Button>
        <Button
          look="ghost"
          disabled={pending}
          onClick={() => {
            setDenying(true);
          }}
        >
          No answer…
        </Button>
      </div>
    </form>
  );
};
