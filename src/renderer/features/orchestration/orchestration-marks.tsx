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

/** What somebody put on an orchestration, and where it comes from; all of it can be changed here. */
export const OrchestrationMarks = ({ orchestration }: { readonly orchestration: OrchestrationView }) => {
  const engine = useEngine();
  const { labels, note, pinned, origin, plan, name, deletedAt } = orchestration;
  const from = origin === 'netra' ? null : originLook[origin];
  const FromIcon = from?.[0];
  return (
    <div className="-mt-2 flex flex-col gap-2">
      {deletedAt === null ? null : (
        <p role="note" className="flex items-center gap-2 rounded-m border border-line bg-panel px-3 py-1.5 text-s">
          <Trash2 size={14} strokeWidth={1.75} className="shrink-0 text-bad" aria-hidden />
          It is deleted, and goes for good with the next clean-up.
          <Button className="ml-auto" onClick={() => void restoreSessions(engine, [orchestration])}>
            Take it back
          </Button>
        </p>
      )}
      <div className="flex flex-wrap items-center gap-1.5">
        <button
          type="button"
          aria-pressed={pinned}
          title={pinned ? 'Kept for ever' : 'Pin it: it is kept for ever'}
          className={cx(quiet, pinned ? 'border-accent bg-sel text-ink' : 'border-line text-ink-3')}
          onClick={() => void togglePin(engine, [orchestration])}
        >
          {pinned ? <PinOff size={12} aria-hidden /> : <Pin size={12} aria-hidden />}
          {pinned ? 'Pinned' : 'Pin'}
        </button>
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
          {labels.length === 0 ? <Tag size={12} aria-hidden /> : <Plus size={12} aria-hidden />}
          {labels.length === 0 ? 'Add labels' : 'Labels'}
        </button>
        {note === null ? (
          <button
            type="button"
            className={cx(quiet, 'border-dashed border-line text-ink-3')}
            onClick={() => {
              panels.setState({ library: { about: 'note', session: orchestration } });
            }}
          >
            <StickyNote size={12} aria-hidden />
            Add a note
          </button>
        ) : null}
        {from === null || FromIcon === undefined ? null : (
          <span className="flex items-center gap-1.5 text-s text-ink-3">
            <FromIcon size={13} strokeWidth={1.75} aria-hidden />
            {from[1]}
          </span>
        )}
        {plan === name ? null : <span className="text-s text-ink-3">Plan: {plan}</span>}
      </div>
      {note === null ? null : (
        <button
          type="button"
          aria-label={`Change the note: ${note}`}
          className="flex items-start gap-2 rounded-m border border-line bg-panel px-3 py-2 text-left hover:bg-hover"
          onClick={() => {
            panels.setState({ library: { about: 'note', session: orchestration } });
          }}
        >
          <StickyNote size={14} strokeWidth={1.75} className="mt-0.5 shrink-0 text-ink-3" aria-hidden />
          <span className="line-clamp-6 min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]">{note}</span>
        </button>
      )}
    </div>
  );
};
