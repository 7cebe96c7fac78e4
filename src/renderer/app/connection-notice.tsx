import { Unplug } from 'lucide-react';
import { useStore } from 'zustand';
import { useNow } from '../data/clock.ts';
import { useEngine } from '../data/engine.tsx';
import { Button } from '../ui/button.tsx';

/** Says that the engine is gone, why, and what happens next; nothing while it is there. */
export const ConnectionNotice = () => {
  const { connection } = useEngine();
  const state = useStore(connection.state);
  const lost = state.kind === 'disconnected' || state.kind === 'signed_out';
  const now = useNow(lost);
  if (!lost) return null;
  const seconds = Math.max(0, Math.ceil((state.retryAt - now) / 1000));
  return (
    <div role="alert" className="flex items-center gap-2.5 border-b border-line bg-waiting-bg px-[22px] py-2">
      <Unplug size={15} strokeWidth={1.75} className="shrink-0 text-waiting" aria-hidden />
      <p className="min-w-0 flex-1">
        <b className="font-semibold">{state.kind === 'signed_out' ? 'Signed out.' : 'Disconnected.'}</b>{' '}
        {state.failure.message} <span className="text-ink-2">What is shown is the last that was known.</span>
      </p>
      <span className="text-s text-ink-2" aria-hidden>
        {seconds === 0 ? 'Trying…' : `Next try in ${String(seconds)} s`}
      </span>
      <Button onClick={connection.retryNow}>Try now</Button>
    </div>
  );
};
