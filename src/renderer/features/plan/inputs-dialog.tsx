import { useId, useState } from 'react';
import type { PlanCheckInput } from '../../../shared/contract/plan-check.ts';
import type { Failure } from '../../../shared/domain/failure.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FailureNote } from '../../ui/notes.tsx';
import { defaultTexts, givenInputs, isMissing } from './plan-inputs.ts';

const fieldClass =
  'w-full rounded-s border border-line-strong bg-panel px-2 text-s placeholder:text-ink-3 disabled:opacity-50';

type FieldProps = {
  readonly input: PlanCheckInput;
  readonly text: string;
  readonly onChange: (text: string) => void;
};

const words: Readonly<Record<PlanCheckInput['type'], string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list, as ["a", "b"]',
  object: 'keys and values, as {"a": 1}',
};

const Choice = ({ input, text, onChange, id, of }: FieldProps & { id: string; of: readonly string[] }) => (
  <select
    id={id}
    value={text}
    required={input.required}
    className={`${fieldClass} h-[26px]`}
    onChange={(event) => {
      onChange(event.currentTarget.value);
    }}
  >
    {of.includes(text) ? null : <option value={text}>Choose…</option>}
    {of.map((choice) => (
      <option key={choice} value={choice}>
        {choice}
      </option>
    ))}
  </select>
);

const Field = (props: FieldProps) => {
  const { input, text, onChange } = props;
  const id = useId();
  const { name, type, description, required } = input;
  const choices = type === 'boolean' ? ['true', 'false'] : input.choices?.map(String);
  const isLong = type === 'list' || type === 'object';
  return (
    <div className="mb-3">
      <label htmlFor={id} className="flex items-baseline gap-2 text-s">
        <b className="font-[550]">{name}</b>
        <span className="text-xs text-ink-3">
          {words[type]}
          {required ? '' : '; may stay as it is'}
        </span>
      </label>
      {description === null ? null : (
        <p id={`${id}-about`} className="text-xs text-ink-2">
          {description}
        </p>
      )}
      <div className="mt-1">
        {choices !== undefined ? (
          <Choice {...props} id={id} of={choices} />
        ) : isLong ? (
          <textarea
            id={id}
            rows={3}
            value={text}
            required={required}
            className={`${fieldClass} py-1 font-mono`}
            onChange={(event) => {
              onChange(event.currentTarget.value);
            }}
          />
        ) : (
          <input
            id={id}
            value={text}
            required={required}
            inputMode={type === 'number' ? 'decimal' : 'text'}
            className={`${fieldClass} h-[26px]`}
            onChange={(event) => {
              onChange(event.currentTarget.value);
            }}
          />
        )}
      </div>
    </div>
  );
};

type InputsDialogProps = {
  readonly title: string;
  readonly button: string;
  readonly inputs: readonly PlanCheckInput[];
  readonly pending: boolean;
  readonly failure: Failure | null;
  readonly onGive: (inputs: Record<string, string>) => void;
  readonly onClose: () => void;
};

/** Asks for the inputs of a plan before it starts. */
export const InputsDialog = (props: InputsDialogProps) => {
  const { title, button, inputs, pending, failure, onGive, onClose } = props;
  const [texts, setTexts] = useState(() => defaultTexts(inputs));
  const missing = inputs.filter((input) => isMissing(input, texts));
  return (
    <Dialog open onClose={onClose} title={title} description="The plan asks for this before it starts.">
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          if (missing.length === 0) onGive(givenInputs(inputs, texts));
        }}
      >
        <div className="min-h-0 overflow-y-auto px-4 pt-1">
          {failure === null ? null : <FailureNote failure={failure} className="mb-3" />}
          {inputs.map((input) => (
            <Field
              key={input.name}
              input={input}
              text={texts[input.name] ?? ''}
              onChange={(text) => {
                setTexts((all) => ({ ...all, [input.name]: text }));
              }}
            />
          ))}
        </div>
        <div className="flex items-center justify-end gap-2 border-t border-line-soft px-4 py-3">
          <span role="status" className="mr-auto text-s text-ink-3">
            {missing.length === 0 ? '' : `Still to give: ${missing.map(({ name }) => name).join(', ')}`}
          </span>
          <Button look="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" look="primary" disabled={pending || missing.length > 0}>
            {button}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
