import type { ReactNode } from 'react';

type ScrollBoxProps = { readonly label: string; readonly className: string; readonly children: ReactNode };

/** Something that may scroll in itself: in reach of the keyboard, with a name. */
export const ScrollBox = ({ label, className, children }: ScrollBoxProps) => (
  // What scrolls must take the focus, or its end is out of reach without a mouse.
  // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
  <div tabIndex={0} role="group" aria-label={label} className={className}>
    {children}
  </div>
);
