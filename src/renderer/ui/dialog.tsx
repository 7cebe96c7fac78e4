import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
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
}: DialogProps) => (
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
