import { CircleAlert, CircleCheck, Undo2, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useEngine } from '../../data/engine.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { isTypingIn, matchesKeys } from '../../ui/keyboard.ts';
import { Keys } from '../../ui/keys.tsx';
import { dismissNotice, NOTICE_MS, notices, undoLast, type Notice } from './notices.ts';

/** How long it can still be taken back, as a ring of the seconds that are left. */
const TimeLeft = ({ left }: { readonly left: number }) => (
  <span
    className="relative grid size-[22px] shrink-0 place-items-center text-xs text-ink-3 tabular-nums"
    aria-hidden
  >
    <svg viewBox="0 0 22 22" className="absolute inset-0 -rotate-90">
      <circle cx="11" cy="11" r="9.5" className="fill-none stroke-line" strokeWidth="1.5" />
      <circle
        cx="11"
        cy="11"
        r="9.5"
        pathLength={1}
        strokeDasharray={`${String((left * 1000) / NOTICE_MS)} 1`}
        className="fill-none stroke-accent"
        strokeWidth="1.5"
      />
    </svg>
    {left}
  </span>
);

const NoticeCard = ({ notice }: { readonly notice: Notice }) => {
  const { id, text, tone, undo } = notice;
  const [held, setHeld] = useState(false);
  const [left, setLeft] = useState(NOTICE_MS / 1000);
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(() => {
      if (left <= 1) dismissNotice(id);
      else setLeft(left - 1);
    }, 1000);
    return () => {
      clearTimeout(timer);
    };
  }, [held, left, id]);
  const Icon = tone === 'bad' ? CircleAlert : CircleCheck;
  return (
    // While somebody is at it, it stays.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className="pointer-events-auto flex max-w-[560px] animate-appear items-center gap-2.5 rounded-m border border-line bg-raised py-1.5 pr-1.5 pl-3 shadow-over"
      onPointerEnter={() => {
        setHeld(true);
      }}
      onPointerLeave={() => {
        setHeld(false);
      }}
      onFocus={() => {
        setHeld(true);
      }}
      onBlur={() => {
        setHeld(false);
      }}
    >
      <Icon
        size={15}
        strokeWidth={1.75}
        className={tone === 'bad' ? 'shrink-0 text-bad' : 'shrink-0 text-ok'}
        aria-hidden
      />
      <p className="min-w-0 [overflow-wrap:anywhere]">{text}</p>
      {undo === null ? null : <TimeLeft left={left} />}
      {undo === null ? null : (
        <Button
          icon={Undo2}
          aria-keyshortcuts="Control+Z Meta+Z"
          onClick={() => {
            dismissNotice(id);
            undo();
          }}
        >
          Undo <Keys keys="Mod+Z" />
        </Button>
      )}
      <IconButton
        label="Dismiss"
        icon={X}
        onClick={() => {
          dismissNotice(id);
        }}
      />
    </div>
  );
};

/** What was just done, at the bottom of the screen; Mod+Z takes the last of it back. */
export const NoticeStack = () => {
  const { host } = useEngine();
  const shown = useStore(notices, (state) => state.shown);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || isTypingIn(event.target)) return;
      if (matchesKeys(event, 'Mod+Z', host.isMac) && undoLast()) event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  }, [host]);
  return (
    <section
      aria-label="Notices"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-10 z-50 flex flex-col items-center gap-2 px-4"
    >
      {shown.map((notice) => (
        <NoticeCard key={notice.id} notice={notice} />
      ))}
    </section>
  );
};
