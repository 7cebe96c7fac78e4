import { useState } from 'react';
import { MARK_LIMITS } from '../../../shared/domain/marks.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { useEngine } from '../../data/engine.tsx';
import { Button } from '../../ui/button.tsx';
import { Keys } from '../../ui/keys.tsx';
import { matchesKeys } from '../../ui/keyboard.ts';
import { mark } from './library-actions.ts';

type NoteFormProps = { readonly session: OrchestrationView; readonly onClose: () => void };

/** A note on a session; an empty one takes it away. */
export const NoteForm = ({ session, onClose }: NoteFormProps) => {
  const engine = useEngine();
  const [text, setText] = useState(session.note ?? '');
  const save = async (): Promise<void> => {
    if (await mark(engine, [session], { note: text.trim() === '' ? null : text })) onClose();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className="px-4 pb-3">
        <textarea
          aria-label="Note"
          rows={6}
          value={text}
          maxLength={MARK_LIMITS.note}
          placeholder="What is worth knowing of it later"
          onChange={(event) => {
            setText(event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            if (!matchesKeys(event.nativeEvent, 'Mod+Enter', engine.host.isMac)) return;
            event.preventDefault();
            void save();
          }}
          className="block w-full resize-y rounded-m border border-line-strong bg-panel px-2.5 py-2 placeholder:text-ink-3"
        />
      </div>
      <div className="flex justify-end gap-2 border-t border-line-soft px-4 py-3">
        <Button look="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" look="primary">
          Save <Keys keys="Mod+Enter" bare />
        </Button>
      </div>
    </form>
  );
};
