import { Tooltip as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Keys } from './keys.tsx';

/** Needed once, around everything. */
export const TooltipProvider = ({ children }: { readonly children: ReactNode }) => (
  <Radix.Provider delayDuration={400} skipDelayDuration={200}>
    {children}
  </Radix.Provider>
);

type TooltipProps = {
  readonly text: ReactNode;
  readonly keys?: string;
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
  /** One element that can take a ref and handlers. */
  readonly children: ReactNode;
};

/** A short explanation beside the thing under the pointer or in focus. */
export const Tooltip = ({ text, keys, side = 'bottom', children }: TooltipProps) => (
  <Radix.Root>
    <Radix.Trigger asChild>{children}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content
        side={side}
        sideOffset={5}
        collisionPadding={8}
        className="z-50 flex max-w-[320px] animate-appear items-center gap-2 rounded-s border border-line bg-raised px-2 py-1 text-s text-ink shadow-over"
      >
        {text}
        {keys === undefined ? null : <Keys keys={keys} />}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
);
