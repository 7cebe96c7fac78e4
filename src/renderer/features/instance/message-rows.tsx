import { Brain, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { EventOf } from '../../../shared/domain/event.ts';
import { cx } from '../../ui/class-names.ts';
import { CopyButton } from '../../ui/notes.tsx';
import { Chip } from '../../ui/state.tsx';
import { Prose } from './markdown.tsx';
import { RawButton, Spoken } from './row-frame.tsx';
import { useFold, useStream } from './stream-context.ts';
import { timeText } from './times.ts';

type Of<T> = { readonly n: number; readonly at: string; readonly body: T };

/** What Claude said. */
export const SaidRow = ({
  n,
  at,
  body,
  first,
}: Of<EventOf<'message.text'>> & { readonly first: boolean }) => {
  const { view } = useStream();
  return (
    <Spoken
      n={n}
      speaker="Claude"
      aside={`turn ${String(view.turnOf(n))} · ${timeText(at)}`}
      goesOn={!first}
      buttons={
        <span className="on-row rounded-s bg-bg">
          <CopyButton text={body.text} />
        </span>
      }
    >
      <Prose text={body.text} />
      {body.error === undefined && body.aborted !== true ? null : (
        <p className="mt-1 flex gap-1.5">
          {body.error === undefined ? null : <Chip tone="bad">{body.error}</Chip>}
          {body.aborted === true ? <Chip>interrupted</Chip> : null}
        </p>
      )}
    </Spoken>
  );
};

const PROMPT_LINES = 14;

/** What Claude was told: by a person, or by the plan. */
export const AskedRow = ({ n, at, body }: Of<EventOf<'prompt.sent'> | EventOf<'message.user'>>) => {
  const [all, setAll] = useState(false);
  const isLong = body.text.split('\n').length > PROMPT_LINES || body.text.length > 1600;
  const speaker = body.type === 'prompt.sent' ? 'You' : 'Told to Claude';
  return (
    <Spoken n={n} speaker={speaker} aside={timeText(at)}>
      <p
        className={cx(
          'text-[13.5px] leading-[1.55] [overflow-wrap:anywhere] whitespace-pre-wrap',
          isLong && !all && 'line-clamp-[14]',
        )}
      >
        {body.text}
      </p>
      {isLong ? (
        <button
          type="button"
          aria-expanded={all}
          className="mt-0.5 text-s text-ink-3 hover:text-ink"
          onClick={() => {
            setAll(!all);
          }}
        >
          {all ? 'Show less' : 'Show all'}
        </button>
      ) : null}
    </Spoken>
  );
};

/** What Claude thought: folded, as it is long and seldom wanted. */
export const ThoughtRow = ({ n, body }: Of<EventOf<'message.thinking'>>) => {
  const [open, toggle] = useFold(n, false);
  return (
    <div className="row-frame relative py-[3px]">
      <button
        type="button"
        aria-expanded={open}
        className="flex w-full items-center gap-2 rounded-s pr-7 text-left text-s text-ink-3 hover:text-ink-2"
        onClick={toggle}
      >
        <Brain size={14} strokeWidth={1.75} className="shrink-0" aria-hidden />
        <span className="shrink-0">Thought</span>
        {open ? null : <span className="min-w-0 truncate italic">{body.text.trim().split('\n', 1)[0]}</span>}
        <ChevronRight
          size={13}
          className={cx('shrink-0 transition-transform duration-75', open && 'rotate-90')}
          aria-hidden
        />
      </button>
      {open ? (
        <p className="mt-1 ml-[6px] border-l-2 border-line pl-4 text-ink-2 [overflow-wrap:anywhere] whitespace-pre-wrap">
          {body.text}
        </p>
      ) : null}
      <RawButton events={[n]} className="absolute top-0 right-0" />
    </div>
  );
};
