import { useStore } from 'zustand';
import type { LiveBlock } from '../../data/live-text.ts';
import { settledLength } from './live-parts.ts';
import { Prose } from './markdown.tsx';
import { useStream } from './stream-context.ts';

const Caret = () => (
  <span
    className="inline-block h-[14px] w-[7px] animate-blink rounded-[1px] bg-running align-[-2px]"
    aria-hidden
  />
);

/** The end of what is thought or prepared: enough to see that it moves. */
const Tail = ({ label, text }: { readonly label: string; readonly text: string }) => (
  <p className="flex items-baseline gap-2 py-[3px] text-s text-ink-3">
    <span className="shrink-0">{label}</span>
    <span className="min-w-0 truncate italic">{text.trimEnd().split('\n').at(-1)?.slice(-160)}</span>
    <Caret />
  </p>
);

const Written = ({ block }: { readonly block: LiveBlock }) => {
  const settled = settledLength(block.text);
  return (
    <div className="py-[5px]">
      <h2 className="sr-only">Claude, writing</h2>
      {settled === 0 ? null : <Prose text={block.text.slice(0, settled)} />}
      <div className="live-end">
        <Prose text={block.text.slice(settled)} />
        <Caret />
      </div>
    </div>
  );
};

/** What is being written right now, at the top level or under a call. Not a live region: it would never stop talking. */
export const LiveBlocks = ({ parent }: { readonly parent: string | null }) => {
  const { stream } = useStream();
  const live = useStore(stream.store, (state) => state.live);
  return live
    .filter((block) => block.parentToolUseId === parent)
    .map((block) => {
      if (block.kind === 'text') return <Written key={block.key} block={block} />;
      const label = block.kind === 'thinking' ? 'Thinking' : 'Preparing a tool call';
      return <Tail key={block.key} label={label} text={block.text} />;
    });
};
