import { CircleHelp } from 'lucide-react';
import { Popover } from 'radix-ui';
import { queryFilters, queryForms } from './query-filters.ts';

type LineProps = { readonly example: string; readonly words: string; readonly onTake: () => void };

const Line = ({ example, words, onTake }: LineProps) => (
  <li className="flex">
    <button
      type="button"
      onClick={onTake}
      className="flex w-full items-baseline gap-3 rounded-s px-2 py-[3px] text-left hover:bg-hover"
    >
      <code className="w-[132px] shrink-0 truncate font-mono text-xs">{example}</code>
      <span className="text-s text-ink-2">{words}</span>
    </button>
  </li>
);

/** What can be written into the search field; a line that is chosen is put into it. */
export const QueryHelp = ({ onTake }: { readonly onTake: (example: string) => void }) => (
  <Popover.Root>
    <Popover.Trigger asChild>
      <button
        type="button"
        aria-label="What can be searched for"
        title="What can be searched for"
        className="grid size-[26px] shrink-0 place-items-center rounded-s text-ink-3 hover:bg-hover hover:text-ink aria-expanded:bg-sel aria-expanded:text-ink"
      >
        <CircleHelp size={15} strokeWidth={1.75} aria-hidden />
      </button>
    </Popover.Trigger>
    <Popover.Portal>
      <Popover.Content
        align="end"
        sideOffset={9}
        collisionPadding={12}
        aria-label="What can be searched for"
        className="z-50 max-h-[min(560px,var(--radix-popover-content-available-height))] w-[min(640px,calc(100vw-24px))] animate-appear overflow-y-auto rounded-m border border-line bg-raised p-2 shadow-over focus:outline-none"
      >
        <h2 className="px-2 pt-1 pb-1 text-xs text-ink-3">Words</h2>
        <ul className="mb-2 sm:columns-2">
          {queryForms.map(([example, words]) => (
            <Line
              key={example}
              example={example}
              words={words}
              onTake={() => {
                onTake(example);
              }}
            />
          ))}
        </ul>
        <h2 className="px-2 pb-1 text-xs text-ink-3">Filters</h2>
        <ul className="sm:columns-2">
          {queryFilters.map(({ start, example, words }) => (
            <Line
              key={start}
              example={example}
              words={words}
              onTake={() => {
                onTake(example);
              }}
            />
          ))}
        </ul>
      </Popover.Content>
    </Popover.Portal>
  </Popover.Root>
);
