import { Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { labelKey, MARK_LIMITS } from '../../../shared/domain/marks.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { useEngine } from '../../data/engine.tsx';
import { useAnswer } from '../../data/use-answer.ts';
import { Button } from '../../ui/button.tsx';
import { FailureNote } from '../../ui/notes.tsx';
import { mark } from './library-actions.ts';
import { labelChoices, type LabelChoice } from './label-choices.ts';

/** The sessions as they are now: marks that are put on them while this shows are told. */
const useCurrent = (sessions: readonly OrchestrationView[]): readonly OrchestrationView[] => {
  const { library } = useEngine();
  const [current, setCurrent] = useState(sessions);
  useEffect(
    () =>
      library.onChange((change) => {
        if (change.kind !== 'marked') return;
        setCurrent((before) => before.map((one) => change.views.find(({ id }) => id === one.id) ?? one));
      }),
    [library],
  );
  return current;
};

type ChoiceProps = {
  readonly choice: LabelChoice;
  readonly of: number;
  readonly onToggle: (on: boolean) => void;
};

const Choice = ({ choice, of, onToggle }: ChoiceProps) => {
  const { label, on, count } = choice;
  const isMixed = on > 0 && on < of;
  return (
    <label className="flex h-7 items-center gap-2 rounded-s px-2 hover:bg-hover">
      <input
        type="checkbox"
        checked={on === of}
        ref={(box) => {
          if (box !== null) box.indeterminate = isMixed;
        }}
        onChange={() => {
          onToggle(on !== of);
        }}
        className="accent-accent"
      />
      <span className="truncate">{label}</span>
      <span className="ml-auto pl-2 text-xs whitespace-nowrap text-ink-3">
        {isMixed ? `${String(on)} of ${String(of)} · ` : null}
        {count === 0 ? 'new' : count}
      </span>
    </label>
  );
};

type LabelsFormProps = { readonly sessions: readonly OrchestrationView[]; readonly onClose: () => void };

/** The labels of one or more sessions: a new one by its name, those there are by a tick. Each takes effect at once. */
export const LabelsForm = ({ sessions, onClose }: LabelsFormProps) => {
  const engine = useEngine();
  const current = useCurrent(sessions);
  const known = useAnswer('labels', (client) => client.labels.list());
  const [text, setText] = useState('');
  const wanted = text.trim();
  const choices = labelChoices(known.value ?? [], current, wanted);
  const isNew = wanted !== '' && !choices.some(({ label }) => labelKey(label) === labelKey(wanted));
  const add = async (): Promise<void> => {
    if (wanted !== '' && (await mark(engine, current, { addLabels: [wanted] }))) setText('');
  };
  return (
    <>
      <form
        className="flex gap-2 px-4 pb-2"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <input
          aria-label="Find or add a label"
          placeholder="Find or add a label"
          value={text}
          maxLength={MARK_LIMITS.label}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setText(event.currentTarget.value);
          }}
          className="h-[26px] min-w-0 flex-1 rounded-s border border-line-strong bg-panel px-2 placeholder:text-ink-3"
        />
        <Button type="submit" icon={Plus} disabled={wanted === ''}>
          {isNew || wanted === '' ? 'Add' : 'Put on'}
        </Button>
      </form>
      {known.failure === null ? null : <FailureNote failure={known.failure} className="mx-4" />}
      <div className="max-h-[40vh] min-h-16 overflow-y-auto px-2 pb-2">
        {choices.length === 0 ? (
          <p className="px-2 py-1 text-ink-3">
            {wanted === '' ? 'There are no labels yet. Type one and press Enter.' : `Enter adds “${wanted}”.`}
          </p>
        ) : (
          choices.map((choice) => (
            <Choice
              key={labelKey(choice.label)}
              choice={choice}
              of={current.length}
              onToggle={(on) =>
                void mark(
                  engine,
                  current,
                  on ? { addLabels: [choice.label] } : { removeLabels: [choice.label] },
                )
              }
            />
          ))
        )}
      </div>
      <div className="flex justify-end border-t border-line-soft px-4 py-3">
        <Button onClick={onClose}>Done</Button>
      </div>
    </>
  );
};
