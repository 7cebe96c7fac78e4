import { memo } from 'react';
import { Link } from 'wouter';
import { routes } from '../../app/routes.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { cx } from '../../ui/class-names.ts';
import { Cost, Duration, Tokens, When } from '../../ui/figures.tsx';
import { figuresOf, percentText, wholeNumber } from '../../ui/format.ts';
import { Marked } from '../../ui/marked.tsx';
import { StateChip, StateIcon } from '../../ui/state.tsx';
import { Labels, Marks } from '../library/marks.tsx';
import { RenameField } from '../library/rename-field.tsx';
import { room } from './session-columns.ts';
import { SessionMenu } from './session-menu.tsx';

const number = 'px-2.5 text-right tabular-nums whitespace-nowrap';

export type SessionRowProps = {
  readonly session: OrchestrationView;
  readonly words: readonly string[];
  readonly isSelected: boolean;
  /** One that is ticked: another can be compared with it. */
  readonly other: OrchestrationView | undefined;
  readonly isRenaming: boolean;
  readonly onToggle: (session: OrchestrationView, extend: boolean) => void;
  readonly onRename: (session: OrchestrationView) => void;
  readonly onRenamed: (session: OrchestrationView, name: string | null) => void;
};

const Figures = ({ session }: { readonly session: OrchestrationView }) => {
  const { known, tokens, hitRate } = figuresOf(session.usage);
  return (
    <>
      <div role="cell" className="px-2.5">
        <StateChip state={session.state} />
      </div>
      <div role="cell" className="px-2.5 text-ink-2">
        <When at={session.startedAt} className="relative" />
      </div>
      <div role="cell" className={cx(number, room.wide)}>
        {wholeNumber(session.instanceCount)}
      </div>
      <div role="cell" className={cx(number, room.some)}>
        <Duration from={session.startedAt} to={session.endedAt} />
      </div>
      <div role="cell" className={cx(number, room.some)}>
        <Tokens value={known ? tokens : null} className="relative" />
      </div>
      <div role="cell" className={cx(number, room.wide)}>
        {percentText(hitRate)}
      </div>
      <div role="cell" className={number}>
        <Cost usage={session.usage} className="relative" />
      </div>
    </>
  );
};

/** The name of a session as its link, over the whole row. */
const Name = ({ session, words }: Pick<SessionRowProps, 'session' | 'words'>) => (
  <Link
    href={routes.orchestration(session.id)}
    data-row
    className="min-w-0 truncate rounded-xs font-[550] before:absolute before:inset-0 focus-visible:outline-none focus-visible:before:outline-2 focus-visible:before:-outline-offset-2 focus-visible:before:outline-focus"
  >
    <Marked text={session.name} words={words} />
  </Link>
);

/** One session: what it was, how it went, what it cost, and what can be done to it. */
export const SessionRow = memo((props: SessionRowProps) => {
  const { session, words, isSelected, other, isRenaming, onToggle, onRename, onRenamed } = props;
  return (
    <>
      <div role="cell" className="relative grid h-full place-items-center">
        <input
          type="checkbox"
          aria-label={`Select ${session.name}`}
          checked={isSelected}
          // A click knows of Shift, a change does not.
          onChange={() => undefined}
          onClick={(event) => {
            onToggle(session, event.shiftKey);
          }}
          className={cx(
            'accent-accent focus-visible:opacity-100',
            !isSelected &&
              'opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 [[data-selecting]_&]:opacity-100',
          )}
        />
      </div>
      <div role="cell" className="flex min-w-0 items-center gap-2 pr-2.5">
        <StateIcon state={session.state} />
        {isRenaming ? (
          <RenameField
            name={session.name}
            className="relative z-[1] flex-1 font-[550]"
            onEnd={(name) => {
              onRenamed(session, name);
            }}
          />
        ) : (
          <>
            <Name session={session} words={words} />
            <Marks session={session} />
            <Labels labels={session.labels} />
          </>
        )}
      </div>
      <Figures session={session} />
      <div role="cell" className="relative">
        <SessionMenu
          session={session}
          other={other}
          onRename={() => {
            onRename(session);
          }}
          className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 focus-visible:opacity-100 aria-expanded:opacity-100"
        />
      </div>
    </>
  );
});
SessionRow.displayName = 'SessionRow';
