import { Pencil } from 'lucide-react';
import { useRef } from 'react';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { useEngine } from '../../data/engine.tsx';
import { rename } from '../library/library-actions.ts';
import { RenameField } from '../library/rename-field.tsx';

type OrchestrationTitleProps = {
  readonly orchestration: OrchestrationView;
  readonly renaming: boolean;
  readonly onRenaming: (on: boolean) => void;
};

/** The name of an orchestration as the heading of its screen; it can be changed there. */
export const OrchestrationTitle = ({ orchestration, renaming, onRenaming }: OrchestrationTitleProps) => {
  const engine = useEngine();
  const place = useRef<HTMLSpanElement>(null);
  if (renaming) {
    return (
      <h1 className="min-w-[240px] flex-1">
        <RenameField
          name={orchestration.name}
          className="w-full max-w-[520px] text-l font-semibold"
          onEnd={(name) => {
            onRenaming(false);
            if (name !== null) void rename(engine, orchestration, name);
            requestAnimationFrame(() => {
              place.current?.querySelector('button')?.focus();
            });
          }}
        />
      </h1>
    );
  }
  return (
    <span ref={place} className="flex min-w-0 items-center gap-1">
      <h1 className="truncate text-xl font-[620] tracking-[-0.018em]">{orchestration.name}</h1>
      <button
        type="button"
        aria-label="Rename"
        // No tooltip: after a rename the button has the focus, and one would lie over the marks below.
        title="Rename"
        className="grid size-[22px] shrink-0 place-items-center rounded-s text-ink-3 hover:bg-hover hover:text-ink"
        onClick={() => {
          onRenaming(true);
        }}
      >
        <Pencil size={14} strokeWidth={1.75} aria-hidden />
      </button>
    </span>
  );
};
