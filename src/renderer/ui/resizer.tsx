import { useRef } from 'react';
import { cx } from './class-names.ts';

type ResizerProps = {
  readonly label: string;
  /** Which edge of its (relatively placed) parent it stands on. */
  readonly edge: 'left' | 'right';
  readonly width: number;
  readonly min: number;
  readonly max: number;
  readonly onResize: (width: number) => void;
};

const STEP = 16;

/** An edge that can be dragged, or moved with the arrow keys. */
export const Resizer = ({ label, edge, width, min, max, onResize }: ResizerProps) => {
  const drag = useRef<{ readonly x: number; readonly width: number } | null>(null);
  const grow = edge === 'right' ? 1 : -1;
  const resize = (next: number): void => {
    onResize(Math.round(Math.min(max, Math.max(min, next))));
  };
  return (
    // A separator that moves is a widget: WAI-ARIA's window splitter.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      role="separator"
      aria-label={label}
      aria-orientation="vertical"
      aria-valuenow={width}
      aria-valuemin={min}
      aria-valuemax={max}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className={cx(
        'absolute inset-y-0 z-10 w-[7px] cursor-col-resize touch-none hover:bg-accent/25 focus-visible:bg-accent/40 focus-visible:outline-none',
        edge === 'right' ? '-right-[4px]' : '-left-[4px]',
      )}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) => {
        if (drag.current !== null) resize(drag.current.width + grow * (event.clientX - drag.current.x));
      }}
      onPointerUp={() => {
        drag.current = null;
      }}
      onKeyDown={(event) => {
        if (event.key === 'ArrowRight') resize(width + grow * STEP);
        else if (event.key === 'ArrowLeft') resize(width - grow * STEP);
      }}
    />
  );
};
