import { useStore } from 'zustand';
import { stateCounts } from '../data/attention.ts';
import type { ConnectionState } from '../data/connection.ts';
import { useEngine, useOverview } from '../data/engine.tsx';
import { cx } from '../ui/class-names.ts';
import { StateIcon } from '../ui/state.tsx';

const connectionWords: Readonly<Record<ConnectionState['kind'], readonly [string, string]>> = {
  connecting: ['connecting', 'bg-idle'],
  connected: ['connected', 'bg-ok'],
  disconnected: ['disconnected', 'bg-bad'],
  signed_out: ['signed out', 'bg-bad'],
};

const Count = ({ count, word }: { readonly count: number; readonly word: string }) => (
  <span>
    <b className="font-[550] text-ink-2">{count}</b> {word}
  </span>
);

const Counts = () => {
  const instances = useOverview((state) => state.instances);
  const { running, waiting, limited, queued } = stateCounts(instances.values());
  return (
    <>
      <span className="flex items-center gap-1.5">
        {running > 0 ? <StateIcon state="running" className="size-3" /> : null}
        <Count count={running} word="running" />
      </span>
      <span className={cx(waiting > 0 && 'text-waiting [&>span>b]:text-waiting')}>
        <Count count={waiting} word={waiting === 1 ? 'needs input' : 'need input'} />
      </span>
      {limited > 0 ? <Count count={limited} word="held up" /> : null}
      <Count count={queued} word="queued" />
    </>
  );
};

/** The bottom line: how many do what, the connection, and the Claude Code that is used. */
export const StatusBar = () => {
  const { connection, system } = useEngine();
  const kind = useStore(connection.state, (state) => state.kind);
  const info = useStore(system.store, (state) => state.info);
  const loaded = useOverview((state) => state.loaded);
  const [word, dot] = connectionWords[kind];
  return (
    <footer className="flex h-[26px] shrink-0 items-center gap-4 border-t border-line bg-chrome px-3.5 text-xs whitespace-nowrap text-ink-3">
      {loaded ? <Counts /> : null}
      <span className="ml-auto flex items-center gap-1.5">
        <i className={cx('size-[7px] rounded-full', dot)} aria-hidden />
        Engine {word}
      </span>
      {info === null ? null : (
        <span>
          {info.claude === null ? (
            <b className="font-[550] text-bad">Claude Code not found</b>
          ) : (
            <>
              Claude Code{' '}
              <b className="font-[550] text-ink-2">{info.claude.version ?? 'of unknown version'}</b>
            </>
          )}
        </span>
      )}
    </footer>
  );
};
