import { Pin, PinOff, Plus, StickyNote, Tag, Trash2 } from 'lucide-react';
import { panels } from '../../app/panels.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { useEngine } from '../../data/engine.tsx';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/class-names.ts';
import { restoreSessions, togglePin } from '../library/library-actions.ts';
import { Label, originLook } from '../library/marks.tsx';

const quiet =
  'inline-flex h-[22px] items-center gap-1 rounded-full border px-2 text-xs transition-colors duration-75 hover:bg-hover hover:text-ink';

type MarksProps = { readonly orchestration: OrchestrationView };

const Deleted = ({ orchestration }: MarksProps) => {
  const engine = useEngine();
  return (
    <p
      role="note"
      className="flex items-center gap-2 rounded-m border border-line bg-panel px-3 py-1.5 text-s"
    >
      <Trash2 size={14} strokeWidth={1.75} className="shrink-0 text-bad" aria-hidden />
      It is deleted, and goes for good with a later clean-up.
      <Button className="ml-auto" onClick={() => void restoreSessions(engine, [orchestration])}>
        Take it back
      </Button>
    </p>
  );
};

const PinButton = ({ orchestration }: MarksProps) => {
  const engine = useEngine();
  const { pinned } = orchestration;
  const Icon = pinned ? PinOff : Pin;
  return (
    <button
      type="button"
      aria-pressed={pinned}
      title={pinned ? 'Kept for ever' : 'Pin it: it is kept for ever'}
      className={cx(quiet, pinned ? 'border-accent bg-sel text-ink' : 'border-line text-ink-3')}
      onClick={() => void togglePin(engine, [orchestration])}
    >
      <Icon size={12} aria-hidden />
      {pinned ? 'Pinned' : 'Pin'}
    </button>
  );
};

const openNote = (session: OrchestrationView): void => {
  panels.setState({ library: { about: 'note', session } });
};

const LabelsAndNote = ({ orchestration }: MarksProps) => {
  const { labels, note } = orchestration;
  const Icon = labels.length === 0 ? Tag : Plus;
  return (
    <>
      {labels.map((label) => (
        <Label key={label} text={label} className="max-w-[240px] leading-[20px]" />
      ))}
      <button
        type="button"
        className={cx(quiet, 'border-dashed border-line text-ink-3')}
        onClick={() => {
          panels.setState({ library: { about: 'labels', sessions: [orchestration] } });
        }}
      >
        <Icon size={12} aria-hidden />
        {labels.length === 0 ? 'Add labels' : 'Labels'}
      </button>
      {note === null ? (
        <button
          type="button"
          className={cx(quiet, 'border-dashed border-line text-ink-3')}
          onClick={() => {
            openNote(orchestration);
          }}
        >
          <StickyNote size={12} aria-hidden />
          Add a note
        </button>
      ) : null}
    </>
  );
};

const From = ({ orchestration: { origin, plan, name } }: MarksProps) => {
  const [Icon, words] = origin === 'netra' ? [null, ''] : originLook[origin];
  return (
    <>
      {Icon === null ? null : (
        <span className="flex items-center gap-1.5 text-s text-ink-3">
          <Icon size={13} strokeWidth={1.75} aria-hidden />
          {words}
        </span>
      )}
      {plan === name ? null : <span className="text-s text-ink-3">Plan: {plan}</span>}
    </>
  );
};

/** What somebody put on an orchestration, and where it comes from; all of it can be changed here. */
export const OrchestrationMarks = ({ orchestration }: MarksProps) => {
  const { note, deletedAt } = orchestration;
  return (
    <div className="-mt-2 flex flex-col gap-2">
      {deletedAt === null ? null : <Deleted orchestration={orchestration} />}
      <div className="flex flex-wrap items-center gap-1.5">
        <PinButton orchestration={orchestration} />
        <LabelsAndNote orchestration={orchestration} />
        <From orchestration={orchestration} />
      </div>
      {note === null ? null : (
        <button
          type="button"
          aria-label={`Change the note: ${note}`}
          className="flex items-start gap-2 rounded-m border border-line bg-panel px-3 py-2 text-left hover:bg-hover"
          onClick={() => {
            openNote(orchestration);
          }}
        >
          <StickyNote size={14} strokeWidth={1.75} className="mt-0.5 shrink-0 text-ink-3" aria-hidden />
          <span className="line-clamp-6 min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]">{note}</span>
        </button>
      )}
    </div>
  );
};
