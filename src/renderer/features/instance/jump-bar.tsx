import { ChevronDown, ChevronUp, Search } from 'lucide-react';
import { Button, IconButton } from '../../ui/button.tsx';
import { Keys } from '../../ui/keys.tsx';
import type { JumpKind } from './jumps.ts';

/** The keys of each jump forwards; with Shift they go backwards. */
export const jumpKeys: Readonly<Record<JumpKind, string>> = { turn: 'U', tool: 'T', error: 'E' };

const kinds: readonly JumpKind[] = ['turn', 'tool', 'error'];

type JumpBarProps = {
  readonly onFind: () => void;
  readonly onJump: (kind: JumpKind, step: 1 | -1) => void;
  /** What the last jump came to, if there is something to say. */
  readonly word: string | null;
};

/** Ways through a long stream: find, and the next or previous turn, tool and error. */
export const JumpBar = ({ onFind, onJump, word }: JumpBarProps) => (
  <div
    role="toolbar"
    aria-label="Move in the stream"
    className="mx-auto -my-1.5 flex w-full max-w-[820px] items-center gap-3 text-s text-ink-3"
  >
    <Button look="ghost" icon={Search} className="-ml-2.5" aria-keyshortcuts="Control+F" onClick={onFind}>
      Find <Keys keys="Mod+F" />
    </Button>
    <span role="status" className="min-w-0 flex-1 truncate text-right">
      {word}
    </span>
    {kinds.map((kind) => (
      <span key={kind} className="flex items-center">
        <span className="mr-0.5">{kind}</span>
        <IconButton
          label={`Previous ${kind}`}
          keys={`Shift+${jumpKeys[kind]}`}
          icon={ChevronUp}
          className="size-[22px]"
          onClick={() => {
            onJump(kind, -1);
          }}
        />
        <IconButton
          label={`Next ${kind}`}
          keys={jumpKeys[kind]}
          icon={ChevronDown}
          className="size-[22px]"
          onClick={() => {
            onJump(kind, 1);
          }}
        />
      </span>
    ))}
  </div>
);
