import {
  Braces,
  CircleDot,
  CircleHelp,
  CircleSlash,
  CircleX,
  FolderGit2,
  ListTodo,
  LogOut,
  Pause,
  Play,
  RotateCw,
  ShieldCheck,
  SlidersHorizontal,
  Square,
  Terminal,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react';
import { cx } from '../../ui/class-names.ts';
import { withoutEscapes } from './event-text.ts';
import { LongText } from './long-text.tsx';
import type { EventRow } from './outline.ts';
import { quietWords, type QuietWords } from './quiet-words.ts';
import { RawButton } from './row-frame.tsx';
import { useFold } from './stream-context.ts';
import { timeText } from './times.ts';

const icons: Readonly<Record<QuietWords['icon'], LucideIcon>> = {
  start: Play,
  end: LogOut,
  state: CircleDot,
  stop: Square,
  warning: TriangleAlert,
  retry: RotateCw,
  ask: CircleHelp,
  answer: ShieldCheck,
  denied: CircleSlash,
  text: Terminal,
  raw: Braces,
  task: ListTodo,
  pause: Pause,
  change: SlidersHorizontal,
  check: CircleX,
  folder: FolderGit2,
};

const inks = { plain: 'text-ink-3', warn: 'text-waiting', bad: 'text-bad', ok: 'text-ok' } as const;

/** Something beside the conversation, in one quiet line; a longer text opens. */
export const QuietRow = ({ n, event }: EventRow) => {
  const { icon, label, text, tone } = quietWords(event.body);
  const Icon = icons[icon];
  const clean = withoutEscapes(text).trim();
  const isLong = clean.length > 100 || clean.includes('\n');
  const [open, toggle] = useFold(n, false);
  const line = (
    <>
      <Icon size={13} strokeWidth={1.75} className={cx('shrink-0', inks[tone])} aria-hidden />
      <span className={cx('shrink-0', inks[tone])}>{label}</span>
      <span className="min-w-0 truncate text-ink-3">{open ? '' : clean.split('\n', 1)[0]}</span>
      <time dateTime={event.at} className="ml-auto shrink-0 tabular-nums text-ink-3">
        {timeText(event.at, true)}
      </time>
    </>
  );
  const look = 'flex w-full items-center gap-2 text-left text-xs';
  return (
    <div className="row-frame relative py-[3px]">
      {isLong ? (
        <button type="button" aria-expanded={open} className={cx(look, 'rounded-xs')} onClick={toggle}>
          {line}
        </button>
      ) : (
        <p className={look}>{line}</p>
      )}
      {open && isLong ? (
        <div className="mt-1 rounded-m border border-line bg-panel">
          <LongText text={clean} label={label} />
        </div>
      ) : null}
      <RawButton events={[n]} className="absolute -top-px right-[58px] bg-bg" />
    </div>
  );
};
