import { useState } from 'react';
import { Button } from '../../ui/button.tsx';

type DenyFormProps = {
  /** What is denied, read aloud. */
  readonly label: string;
  readonly placeholder: string;
  readonly button: string;
  readonly pending: boolean;
  /** Null: no reason was given. */
  readonly onDeny: (message: string | null) => void;
  readonly onClose: () => void;
};

/** A no, with words for Claude; Esc takes it back. */
export const DenyForm = ({ label, placeholder, button, pending, onDeny, onClose }: DenyFormProps) => {
  const [reason, setReason] = useState('');
  return (
    <form
      className="flex gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        onDeny(reason.trim() === '' ? null : reason.trim());
      }}
    >
      <input
        aria-label={label}
        placeholder={placeholder}
        value={reason}
        maxLength={10_000}
        // The person just asked for this field.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        onChange={(event) => {
          setReason(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          event.stopPropagation();
          onClose();
        }}
        className="h-[26px] min-w-0 flex-1 rounded-s border border-line-strong bg-panel px-2 text-s placeholder:text-ink-3"
      />
      <Button type="submit" look="danger" disabled={pending}>
        {button}
      </Button>
    </form>
  );
};
