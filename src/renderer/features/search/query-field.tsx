import { Search, X } from 'lucide-react';
import {
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import type { QueryProblem } from '../../../shared/contract/search.ts';
import { cx } from '../../ui/class-names.ts';
import { isTypingIn } from '../../ui/keyboard.ts';
import { Keys } from '../../ui/keys.tsx';
import { completionAt, takeOption, type KnownValues, type QueryCompletion } from './query-completion.ts';
import { QueryHelp } from './query-help.tsx';
import { QueryProblems } from './query-problems.tsx';

type Place = { readonly caret: number; readonly asked: boolean; readonly at: number };

/** Puts the field into focus when `/` is pressed anywhere else. */
const useSlash = (field: React.RefObject<HTMLInputElement | null>): void => {
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent): void => {
      if (event.defaultPrevented || event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey)
        return;
      if (isTypingIn(event.target) || document.querySelector('[role="dialog"]') !== null) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  }, [field]);
};

type OptionsProps = {
  readonly id: string;
  readonly completion: QueryCompletion;
  readonly at: number;
  readonly onTake: (index: number) => void;
};

const Options = ({ id, completion, at, onTake }: OptionsProps) => {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  return (
    <div
      ref={list}
      id={id}
      role="listbox"
      aria-label="Filters"
      className="absolute top-full left-7 z-30 mt-1 max-h-[300px] min-w-[240px] animate-appear overflow-y-auto rounded-m border border-line bg-raised p-1 shadow-over"
    >
      {completion.options.map(({ text, words }, index) => (
        // Keys are the field's: it names the option that is chosen.
        // eslint-disable-next-line jsx-a11y/click-events-have-key-events
        <div
          key={text}
          id={`${id}-${String(index)}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === at}
          className="flex h-7 items-center gap-3 rounded-s px-2 hover:bg-hover aria-selected:bg-sel"
          onPointerDown={(event) => {
            // The field keeps the focus.
            event.preventDefault();
          }}
          onClick={() => {
            onTake(index);
          }}
        >
          <code className="font-mono text-s">{text}</code>
          {words === '' ? null : <span className="ml-auto text-s text-ink-3">{words}</span>}
        </div>
      ))}
    </div>
  );
};

type QueryFieldProps = {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly known: KnownValues;
  readonly problems: readonly QueryProblem[];
  /** At the right end, such as the number of hits. */
  readonly aside: ReactNode;
};

type Written = {
  readonly text: string;
  readonly caret: number;
};

type Completing = {
  readonly completion: QueryCompletion | null;
  /** Which option is chosen, or -1. */
  readonly at: number;
  readonly take: (index: number) => void;
  readonly replace: (next: Written) => void;
  readonly type: (next: Written) => void;
  readonly close: () => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => void;
};

type CompletingOptions = Pick<QueryFieldProps, 'value' | 'onChange' | 'known'> & {
  readonly field: React.RefObject<HTMLInputElement | null>;
};

/** Where the choice goes with a step of an arrow; -1 is before the first. */
const stepped = (at: number, step: 1 | -1, count: number): number =>
  at === -1 && step === -1 ? count - 1 : (at + step + count) % count;

const useCompletion = ({ value, onChange, known, field }: CompletingOptions): Completing => {
  const [place, setPlace] = useState<Place | null>(null);
  const caretAfter = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (caretAfter.current === null) return;
    field.current?.setSelectionRange(caretAfter.current, caretAfter.current);
    caretAfter.current = null;
  }, [value, field]);
  const completion = place === null ? null : completionAt(value, place.caret, { known, asked: place.asked });
  const at = completion === null ? -1 : Math.min(place?.at ?? -1, completion.options.length - 1);

  const type = ({ text, caret }: Written): void => {
    onChange(text);
    setPlace({ caret, asked: false, at: -1 });
  };
  const replace = (next: Written): void => {
    caretAfter.current = next.caret;
    field.current?.focus();
    type(next);
  };
  const take = (index: number): void => {
    const option = completion?.options[index];
    if (completion !== null && option !== undefined) replace(takeOption(value, completion, option));
  };
  const walk = (step: 1 | -1): void => {
    const caret = field.current?.selectionStart ?? value.length;
    if (completion === null) setPlace({ caret, asked: true, at: 0 });
    else setPlace({ caret, asked: place?.asked ?? false, at: stepped(at, step, completion.options.length) });
  };
  const close = (): void => {
    setPlace(null);
  };
  const keys: Readonly<Record<string, (() => void) | null>> = {
    ArrowDown: () => {
      walk(1);
    },
    ArrowUp:
      completion === null
        ? null
        : () => {
            walk(-1);
          },
    Enter:
      at === -1
        ? null
        : () => {
            take(at);
          },
    Tab:
      at === -1
        ? null
        : () => {
            take(at);
          },
    Escape:
      completion !== null
        ? close
        : value === ''
          ? null
          : () => {
              replace({ text: '', caret: 0 });
            },
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const act = keys[event.key] ?? null;
    if (act === null || event.nativeEvent.isComposing) return;
    act();
    event.preventDefault();
  };
  return { completion, at, take, replace, type, close, onKeyDown };
};

type InputProps = Pick<QueryFieldProps, 'label' | 'placeholder' | 'value' | 'problems'> & {
  readonly id: string;
  readonly field: React.RefObject<HTMLInputElement | null>;
  readonly completing: Completing;
};

const QueryInput = ({ id, field, label, placeholder, value, problems, completing }: InputProps) => {
  const { completion, at, type, close, onKeyDown } = completing;
  return (
    <input
      ref={field}
      role="combobox"
      aria-label={label}
      aria-expanded={completion !== null}
      aria-controls={`${id}-options`}
      aria-autocomplete="list"
      aria-invalid={problems.length > 0}
      aria-describedby={problems.length > 0 ? `${id}-problems` : undefined}
      aria-keyshortcuts="/"
      {...(at >= 0 ? { 'aria-activedescendant': `${id}-options-${String(at)}` } : {})}
      value={value}
      placeholder={placeholder}
      maxLength={1000}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => {
        const { value: text, selectionStart } = event.currentTarget;
        type({ text, caret: selectionStart ?? text.length });
      }}
      onKeyDown={onKeyDown}
      onBlur={close}
      className="min-w-0 flex-1 bg-transparent outline-none placeholder:text-ink-3"
    />
  );
};

/** A field for the query language: it offers filters as one types (arrows and Enter take one), and says what it did not understand. */
export const QueryField = (props: QueryFieldProps) => {
  const { value, problems, aside } = props;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  useSlash(field);
  const completing = useCompletion({ ...props, field });
  const { completion, at, take, replace } = completing;
  return (
    <>
      <div
        className={cx(
          'relative flex h-9 min-w-[260px] flex-1 items-center gap-2 rounded-m border border-line bg-panel pr-1 pl-3',
          'focus-within:border-accent focus-within:shadow-[0_0_0_3px_color-mix(in_srgb,var(--focus)_35%,transparent)]',
        )}
      >
        <Search size={15} strokeWidth={1.75} className="shrink-0 text-ink-3" aria-hidden />
        <QueryInput {...props} id={id} field={field} completing={completing} />
        <span className="shrink-0 text-s whitespace-nowrap text-ink-3 tabular-nums">{aside}</span>
        {value === '' ? (
          <Keys keys="/" />
        ) : (
          <button
            type="button"
            aria-label="Clear the search"
            title="Clear the search"
            className="grid size-[22px] shrink-0 place-items-center rounded-s text-ink-3 hover:bg-hover hover:text-ink"
            onClick={() => {
              replace({ text: '', caret: 0 });
            }}
          >
            <X size={14} strokeWidth={1.75} aria-hidden />
          </button>
        )}
        <QueryHelp
          onTake={(example) => {
            const text = value.trim() === '' ? `${example} ` : `${value.trimEnd()} ${example} `;
            replace({ text, caret: text.length });
          }}
        />
        {completion === null ? null : (
          <Options id={`${id}-options`} completion={completion} at={at} onTake={take} />
        )}
      </div>
      <div role="status" className="w-full empty:hidden">
        <QueryProblems
          id={`${id}-problems`}
          query={value}
          problems={problems}
          onShow={({ from, to }) => {
            field.current?.focus();
            field.current?.setSelectionRange(from, to);
          }}
          onCorrect={({ from, to }, instead) => {
            replace({ text: value.slice(0, from) + instead + value.slice(to), caret: from + instead.length });
          }}
        />
      </div>
    </>
  );
};
