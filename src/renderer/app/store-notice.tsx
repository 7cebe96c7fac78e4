import { HardDrive } from 'lucide-react';
import { Link } from 'wouter';
import { useOverview } from '../data/engine.tsx';
import { CopyButton } from '../ui/notes.tsx';
import { When } from '../ui/figures.tsx';
import { routes } from './routes.ts';

/** What a person can do where the sentence of the failure does not say it, by code. */
const advice: Readonly<Record<string, string>> = {
  'store.read_only': 'Make it writable again.',
  'store.corrupt':
    'Quit, then run “netra db repair”: the streams of what runs are kept in files of their own.',
};

/** Says that what happens cannot be stored, why, since when, and what to do; nothing while it can. */
export const StoreNotice = () => {
  const trouble = useOverview((state) => state.storeTrouble);
  if (trouble === null) return null;
  const { code, message, since } = trouble;
  return (
    <div role="alert" className="flex items-center gap-2.5 border-b border-line bg-bad-bg px-[22px] py-2">
      <HardDrive size={15} strokeWidth={1.75} className="shrink-0 text-bad" aria-hidden />
      <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <b className="font-semibold">
          Nothing can be stored since <When at={since} />.
        </b>{' '}
        {message} {advice[code] ?? ''}{' '}
        <span className="text-ink-2">
          What runs goes on, and its output is kept in files: all of it is stored as soon as that works again.
        </span>
      </p>
      <CopyButton label="Copy details" text={[code, since, message].join('\n')} />
      {code === 'store.disk_full' ? (
        <Link
          href={routes.storage}
          className="inline-flex h-[26px] items-center rounded-s border border-line bg-panel px-2.5 text-s font-medium whitespace-nowrap hover:bg-hover"
        >
          What takes room
        </Link>
      ) : null}
    </div>
  );
};
