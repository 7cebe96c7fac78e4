import type { InstanceState } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { cx } from '../../ui/class-names.ts';
import { PartsBar } from '../../ui/figures.tsx';
import { stateLook } from '../../ui/state.tsx';

/** In the order in which instances move through them; the bar fills from the left. */
const order: readonly (readonly [InstanceState, string])[] = [
  ['succeeded', 'bg-ok-fill'],
  ['failed', 'bg-bad-fill'],
  ['stopped', 'bg-ink-3'],
  ['skipped', 'bg-line-strong'],
  ['waiting', 'bg-waiting-fill'],
  ['limited', 'bg-limited-fill'],
  ['paused', 'bg-limited-fill'],
  ['running', 'bg-running-fill'],
  ['starting', 'bg-running-fill'],
  ['pending', 'bg-line'],
];

/** How far an orchestration is: its instances by state, as a bar and in words. */
export const Progress = ({ orchestration }: { readonly orchestration: OrchestrationView }) => {
  const parts = order.flatMap(([state, color]) => {
    const count = orchestration.counts[state];
    return count === undefined ? [] : [{ label: stateLook[state].word, count, color }];
  });
  return (
    <div className="flex shrink-0 flex-col gap-2">
      <PartsBar parts={parts} of={orchestration.instanceCount} className="h-2" />
      <ul className="flex flex-wrap gap-x-4 gap-y-1 text-s text-ink-3">
        {parts.map(({ label, count, color }) => (
          <li key={label} className="flex items-center gap-1.5">
            <i className={cx('size-2 rounded-[2px]', color)} aria-hidden />
            <b className="font-[550] text-ink tabular-nums">{count}</b> {label}
          </li>
        ))}
      </ul>
    </div>
  );
};
