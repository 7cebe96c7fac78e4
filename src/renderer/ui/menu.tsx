import type { LucideIcon } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from './class-names.ts';
import { Keys } from './keys.tsx';

export type MenuItem = {
  readonly label: string;
  readonly icon?: LucideIcon;
  /** Keys that do the same where the menu is, as for `Keys`. */
  readonly keys?: string;
  readonly danger?: boolean;
  /** Set for one of several choices: marks the chosen one. */
  readonly checked?: boolean;
  readonly disabled?: boolean;
  readonly onSelect: () => void;
};

const itemClass =
  'flex h-7 items-center gap-2 rounded-s px-2 text-s outline-none select-none data-highlighted:bg-hover data-disabled:opacity-50';

/** A menu that a button opens. `trigger` is that button. Not modal: the modal kind injects a style tag (see dialog.tsx). */
export const Menu = ({
  trigger,
  items,
}: {
  readonly trigger: ReactNode;
  readonly items: readonly MenuItem[];
}) => (
  <Radix.Root modal={false}>
    <Radix.Trigger asChild>{trigger}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content
        align="end"
        sideOffset={4}
        className="z-50 min-w-[170px] animate-appear rounded-m border border-line bg-raised p-1 shadow-over"
      >
        {items.map(({ label, icon: Icon, keys, danger = false, checked, disabled = false, onSelect }) => {
          const content = (
            <>
              {Icon === undefined ? null : <Icon size={14} strokeWidth={1.75} aria-hidden />}
              {label}
              {keys === undefined ? null : (
                <span className="ml-auto pl-4">
                  <Keys keys={keys} />
                </span>
              )}
            </>
          );
          const className = cx(
            itemClass,
            danger && 'text-bad',
            checked === true && 'font-semibold text-accent',
          );
          return checked === undefined ? (
            <Radix.Item key={label} disabled={disabled} onSelect={onSelect} className={className}>
              {content}
            </Radix.Item>
          ) : (
            <Radix.CheckboxItem
              key={label}
              checked={checked}
              disabled={disabled}
              onSelect={onSelect}
              className={className}
            >
              {content}
            </Radix.CheckboxItem>
          );
        })}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
);
