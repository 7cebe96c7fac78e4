import { Archive, FlaskConical, Pin, StickyNote, Terminal, type LucideIcon } from 'lucide-react';
import type { Origin, OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { cx } from '../../ui/class-names.ts';

/** A label of a session. */
export const Label = ({ text, className }: { readonly text: string; readonly className?: string }) => (
  <span
    className={cx(
      'max-w-[140px] shrink-0 truncate rounded-full border border-line bg-chrome px-1.5 text-xs leading-[16px] text-ink-2',
      className,
    )}
  >
    {text}
  </span>
);

const LABELS_SHOWN = 2;

/** The labels of a session, as many as there is room for; all of them are in its name. */
export const Labels = ({ labels }: { readonly labels: readonly string[] }) => {
  if (labels.length === 0) return null;
  const more = labels.length - LABELS_SHOWN;
  return (
    <span
      role="img"
      aria-label={`Labels: ${labels.join(', ')}`}
      title={labels.join(', ')}
      className="flex min-w-0 shrink-[999] gap-1 overflow-hidden"
    >
      {labels.slice(0, LABELS_SHOWN).map((label) => (
        <Label key={label} text={label} />
      ))}
      {more > 0 ? <Label text={`+${String(more)}`} /> : null}
    </span>
  );
};

export const originLook: Readonly<Record<Exclude<Origin, 'netra'>, readonly [LucideIcon, string]>> = {
  demo: [FlaskConical, 'The demo: nothing was spent'],
  claude: [Terminal, 'From Claude’s own history: run in a terminal'],
  archive: [Archive, 'From an archive: run elsewhere'],
};

type MarkProps = { readonly icon: LucideIcon; readonly words: string; readonly className?: string };

const Mark = ({ icon: Icon, words, className }: MarkProps) => (
  <span
    role="img"
    aria-label={words}
    title={words}
    className={cx('relative shrink-0', className ?? 'text-ink-3')}
  >
    <Icon size={13} strokeWidth={1.75} aria-hidden />
  </span>
);

/** What somebody put on a session, and where it comes from, as small signs. */
export const Marks = ({ session }: { readonly session: OrchestrationView }) => {
  const { origin, pinned, note } = session;
  const from = origin === 'netra' ? null : originLook[origin];
  return (
    <>
      {from === null ? null : <Mark icon={from[0]} words={from[1]} />}
      {pinned ? <Mark icon={Pin} words="Pinned: kept for ever" className="text-accent" /> : null}
      {note === null ? null : <Mark icon={StickyNote} words={`Note: ${note}`} />}
    </>
  );
};
