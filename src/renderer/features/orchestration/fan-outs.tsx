import { isFinal, type InstanceState, type InstanceView } from '../../../shared/domain/instance.ts';
import type { GroupView } from '../../../shared/domain/orchestration.ts';
import { sentence } from '../../data/sentence.ts';
import { Card } from '../../ui/layout.tsx';
import { StateIcon } from '../../ui/state.tsx';

type Known = { readonly icon: InstanceState; readonly words: string };

const countWords = (done: number, size: number): string =>
  size === 0 ? 'no items: nothing to do' : `${String(done)} of ${String(size)} done`;

/** How a fan-out stands: what it waits for, how far its instances are, or why it did not come about. */
const fanOutWords = (group: GroupView, own: readonly InstanceView[]): Known => {
  const { state, reason, size } = group;
  const why = reason === null ? null : sentence(reason);
  switch (state) {
    case 'pending':
      return { icon: 'pending', words: why ?? 'How many it comes to is known when it starts.' };
    case 'expanded': {
      const done = own.filter((one) => isFinal(one.state));
      const isBad = done.some((one) => one.state === 'failed');
      const icon = done.length < size ? 'running' : isBad ? 'failed' : 'succeeded';
      return { icon, words: countWords(done.length, size) };
    }
    default:
      return { icon: state, words: why ?? state };
  }
};

const Line = ({ group, own }: { readonly group: GroupView; readonly own: readonly InstanceView[] }) => {
  const { icon, words } = fanOutWords(group, own);
  return (
    <li className="flex items-baseline gap-2 px-3 py-1.5 text-s">
      <StateIcon state={icon} className="translate-y-0.5" />
      <b className="font-[550]">{group.name}</b>
      <span className="min-w-0 text-ink-2 [overflow-wrap:anywhere]">{words}</span>
      {group.concurrency === null ? null : (
        <span className="ml-auto whitespace-nowrap text-ink-3">{group.concurrency} at a time</span>
      )}
    </li>
  );
};

type FanOutsProps = { readonly groups: readonly GroupView[]; readonly instances: readonly InstanceView[] };

/** The fan-outs of an orchestration; nothing where it has none. */
export const FanOuts = ({ groups, instances }: FanOutsProps) => {
  if (groups.length === 0) return null;
  const members = Map.groupBy(instances, (one) => one.group?.name);
  return (
    <Card className="shrink-0">
      <ul aria-label="Fan-outs" className="divide-y divide-line-soft">
        {groups.map((group) => (
          <Line key={group.name} group={group} own={members.get(group.name) ?? []} />
        ))}
      </ul>
    </Card>
  );
};
