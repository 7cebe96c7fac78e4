import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useStore } from 'zustand';
import { routes } from '../../app/routes.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { useEngine, useOverview } from '../../data/engine.tsx';
import { createSessionList } from '../../data/session-list.ts';
import { cx } from '../../ui/class-names.ts';
import { Cost, Duration, Tokens, When } from '../../ui/figures.tsx';
import { figuresOf, percentText, UNKNOWN, wholeNumber } from '../../ui/format.ts';
import { Card } from '../../ui/layout.tsx';
import { moveInList } from '../../ui/list-keys.ts';
import { FailureNote } from '../../ui/notes.tsx';
import { StateChip, StateIcon } from '../../ui/state.tsx';

const SHOWN = 8;

const cell = 'border-b border-line-soft px-2.5 py-[7px] whitespace-nowrap group-last:border-0';
const number = cx(cell, 'text-right tabular-nums');

/** A column for which a narrow table has no room. */
const inWide = '@max-[720px]:hidden';
const narrowHidden = ['Instances', 'Cache hit'];

const Row = ({ session }: { readonly session: OrchestrationView }) => {
  const { known, tokens, hitRate } = figuresOf(session.usage);
  return (
    <tr className="group hover:bg-hover">
      <td className={cx(cell, 'w-full max-w-0 min-w-[170px]')}>
        <Link href={routes.orchestration(session.id)} data-row className="flex items-center gap-2 rounded-xs">
          <StateIcon state={session.state} />
          <span className="truncate">{session.name}</span>
        </Link>
      </td>
      <td className={cell}>
        <StateChip state={session.state} />
      </td>
      <td className={cx(number, inWide)}>{wholeNumber(session.instanceCount)}</td>
      <td className={number}>
        <Duration from={session.startedAt} to={session.endedAt} />
      </td>
      <td className={number}>
        <Tokens value={known ? tokens : null} />
      </td>
      <td className={cx(number, inWide)}>{percentText(hitRate)}</td>
      <td className={number}>
        <Cost usage={session.usage} />
      </td>
      <td className={cx(cell, 'text-right tabular-nums')}>
        {session.endedAt === null ? UNKNOWN : <When at={session.endedAt} />}
      </td>
    </tr>
  );
};

const heads = ['Recent', 'State', 'Instances', 'Duration', 'Tokens', 'Cache hit', 'Cost', 'Finished'];

/** The orchestrations that ended last. */
export const Recent = () => {
  const { connection } = useEngine();
  const [list] = useState(() =>
    createSessionList(connection, { search: '', states: ['succeeded', 'failed', 'stopped'] }),
  );
  const { items, failure } = useStore(list.store);
  const ended = useOverview(
    (state) => [...state.orchestrations.values()].filter((one) => one.state !== 'running').length,
  );
  useEffect(() => {
    list.reload();
    // `ended`: one more that ended belongs into the list.
  }, [list, ended]);
  if (failure !== null) return <FailureNote failure={failure} />;
  if (items.length === 0) return null;
  return (
    <Card className="@container shrink-0 overflow-x-auto">
      {/* The handler only moves the focus among the links inside. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <table aria-label="Recent orchestrations" className="w-full border-collapse" onKeyDown={moveInList}>
        <thead>
          <tr>
            {heads.map((head, index) => (
              <th
                key={head}
                scope="col"
                className={cx(
                  'border-b border-line px-2.5 py-1.5 whitespace-nowrap text-xs font-medium text-ink-3',
                  index < 2 ? 'text-left' : 'text-right',
                  narrowHidden.includes(head) && inWide,
                )}
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.slice(0, SHOWN).map((session) => (
            <Row key={session.id} session={session} />
          ))}
        </tbody>
      </table>
    </Card>
  );
};
