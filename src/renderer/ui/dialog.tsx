import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { useRef, type ReactNode } from 'react';
import { Button, IconButton } from './button.tsx';
import { cx } from './class-names.ts';

type DialogProps = {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** Hides the title from the eye, not from the ear. */
  readonly titleHidden?: boolean;
  readonly description?: string;
  readonly className?: string;
  readonly children: ReactNode;
};

/**
 * A modal dialog. The veil is our own element: Radix's overlay locks scrolling by a style tag, which our CSP forbids;
 * the page itself never scrolls, so there is nothing to lock.
 */
export const Dialog = ({
  open,
  onClose,
  title,
  titleHidden = false,
  description,
  className,
  children,
}: DialogProps) => {
  const opener = useRef<Element | null>(null);
  return (
    <Radix.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <Radix.Portal>
        <div className="fixed inset-0 z-40 bg-veil" aria-hidden />
        <Radix.Content
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          tabIndex={-1}
          onOpenAutoFocus={(event) => {
            // Its field or the dialog itself, never its first button: Enter must not answer before it was read.
            event.preventDefault();
            opener.current = document.activeElement;
            const content = event.currentTarget;
            if (content instanceof HTMLElement)
              (content.querySelector<HTMLElement>('input, textarea') ?? content).focus();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (opener.current instanceof HTMLElement) opener.current.focus();
          }}
          className={cx(
            'fixed top-[14vh] left-1/2 z-40 flex max-h-[72vh] w-[min(560px,calc(100vw-32px))] -translate-x-1/2 flex-col',
            'overflow-hidden rounded-l border border-line bg-panel shadow-over focus:outline-none',
            className,
          )}
        >
          <div className={cx(titleHidden ? 'sr-only' : 'flex items-center gap-2 px-4 pt-3 pb-2')}>
            <Radix.Title className="flex-1 text-l font-semibold">{title}</Radix.Title>
            {titleHidden ? null : <IconButton label="Close" keys="Escape" icon={X} onClick={onClose} />}
          </div>
          {description === undefined ? null : (
            <Radix.Description className="px-4 pb-2 text-ink-2">{description}</Radix.Description>
          )}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
};

type ConfirmProps = {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description: string;
  readonly children: ReactNode;
};

/** Asks before something that cannot be undone; its answers are the children, *Cancel* is always there. */
export const Confirm = ({ open, onClose, title, description, children }: ConfirmProps) => (
  <Dialog
    open={open}
    onClose={onClose}
    title={title}
    description={description}
    className="w-[min(440px,calc(100vw-32px))]"
  >
    <div className="flex justify-end gap-2 border-t border-line-soft px-4 py-3">
      <Button look="ghost" onClick={onClose}>
        Cancel
      </Button>
      {children}
    </div>
  </Dialog>
);
