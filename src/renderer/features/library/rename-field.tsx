import { useState } from 'react';
import { cx } from '../../ui/class-names.ts';
import { MARK_LIMITS } from '../../../shared/domain/marks.ts';

type RenameFieldProps = {
  readonly name: string;
  /** Called once: with another name, or null when it stays as it is. */
  readonly onEnd: (name: string | null) => void;
  readonly className?: string;
};

/** The name of a session while it is changed: Enter takes the new one, so does going away; Esc leaves the old one. */
export const RenameField = ({ name, onEnd, className }: RenameFieldProps) => {
  const [text, setText] = useState(name);
  const end = (next: string): void => {
    const trimmed = next.trim();
    onEnd(trimmed === '' || trimmed === name ? null : trimmed);
  };
  return (
    <input
      aria-label={`New name of ${name}`}
      value={text}
      maxLength={MARK_LIMITS.name}
      spellCheck={false}
      autoComplete="off"
      // The person just asked for this field.
      // eslint-disable-next-line jsx-a11y/no-autofocus
      autoFocus
      onFocus={(event) => {
        event.currentTarget.select();
      }}
      onChange={(event) => {
        setText(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        event.preventDefault();
        // The window's own Escape goes back.
        event.nativeEvent.stopImmediatePropagation();
        end(event.key === 'Enter' ? text : name);
      }}
      onBlur={() => {
        end(text);
      }}
      className={cx(
        'h-[26px] min-w-0 rounded-s border border-accent bg-panel px-1.5 focus-visible:outline-2 focus-visible:outline-offset-0',
        className,
      )}
    />
  );
};
