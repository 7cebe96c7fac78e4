import { ArrowDown } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, type KeyboardEvent } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../ui/button.tsx';
import { wholeNumber } from '../../ui/format.ts';
import { LiveBlocks } from './live-blocks.tsx';
import type { ScrollWindow } from './scroll-window.ts';
import { useStream } from './stream-context.ts';
import { StreamRow } from './stream-row.tsx';
import type { StreamView } from './stream-view.ts';

/** A row that is still on its way: grey bars as high as it is thought to be. */
const Waiting = ({ height }: { readonly height: number }) => (
  <div aria-hidden data-waiting className="flex items-center gap-2 px-2.5" style={{ height }}>
    <i className="block size-3 shrink-0 rounded-xs bg-idle-bg" />
    <i className="block h-2.5 w-2/5 rounded-xs bg-idle-bg" />
  </div>
);

const drawnRows = (
  view: StreamView,
  ref: ScrollWindow['row'],
  range: {
    readonly from: number;
    readonly to: number;
    readonly flash: number | null;
    /** The view changes in place: without its version, the compiler would take its rows for the same. */
    readonly version: number;
  },
): readonly React.ReactNode[] => {
  const rows: React.ReactNode[] = [];
  for (let n = range.from; n <= Math.min(range.to, view.heights.count() - 1); n += 1) {
    const row = view.rowAt(n);
    if (row === null) continue;
    if (row === undefined) {
      const height = view.heights.heightOf(n);
      if (height > 0) rows.push(<Waiting key={`waiting ${String(n)}`} height={height} />);
      continue;
    }
    rows.push(
      <div
        key={n}
        ref={ref}
        data-n={n}
        data-row
        data-look={row.kind === 'event' ? undefined : 'tool'}
        data-flash={range.flash === n ? '' : undefined}
        tabIndex={-1}
      >
        <StreamRow row={row} />
      </div>,
    );
  }
  return rows;
};

/** How many rows there are from an event on. */
const visibleFrom = ({ heights }: StreamView, from: number): number => {
  let rows = 0;
  for (let n = from; n < heights.count(); n += 1) if (heights.heightOf(n) > 0) rows += 1;
  return rows;
};

/** Keys that move far: done here, as the browser's own smooth scroll would end where rows were only guessed at. */
const farKeys: Readonly<Record<string, (window: ScrollWindow) => void>> = {
  Home: (window) => {
    window.toStart();
  },
  End: (window) => {
    window.toEnd();
  },
  PageUp: (window) => {
    window.page(-0.9);
  },
  PageDown: (window) => {
    window.page(0.9);
  },
};

const stepOf: Readonly<Record<string, 1 | -1>> = { j: 1, k: -1 };

/** J and K move the focus from row to row; from nowhere, they begin with the first in sight. */
const moveByRow = (list: HTMLElement, step: 1 | -1, firstInSight: number): boolean => {
  const rows = [...list.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = at === -1 ? rows.find((row) => Number(row.dataset['n']) >= firstInSight) : rows[at + step];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'nearest' });
  return next !== undefined;
};

const moveByKeys = (event: KeyboardEvent<HTMLElement>, window: ScrollWindow): void => {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (target instanceof HTMLElement && target.closest('input, textarea, [role="group"]') !== null) return;
  const far = farKeys[event.key];
  const step = stepOf[event.key];
  if (far !== undefined) far(window);
  else if (step === undefined || !moveByRow(event.currentTarget, step, window.top())) return;
  event.preventDefault();
};

type StreamListProps = {
  readonly window: ScrollWindow;
  /** The row that somebody just jumped to. */
  readonly flash: number | null;
  /** Called when rows were drawn. */
  readonly onDrawn: (root: HTMLElement) => void;
};

/** The rows of a stream, of which only those in sight and around are drawn. */
export const StreamList = ({ window, flash, onDrawn }: StreamListProps) => {
  const { view, stream } = useStream();
  const scroller = useRef<HTMLDivElement>(null);
  const spacer = useRef<HTMLDivElement>(null);
  const block = useRef<HTMLDivElement>(null);
  // Apart from the window: what is given as a ref counts as one as a whole.
  const { row, tail } = window;
  const { from, to, atEnd, seen } = useStore(window.store);
  const { version, count } = useStore(view.store);
  const live = useStore(stream.store, (state) => state.live);

  useLayoutEffect(() => {
    if (scroller.current === null || spacer.current === null || block.current === null) return undefined;
    return window.attach({ scroller: scroller.current, spacer: spacer.current, block: block.current });
  }, [window]);
  useLayoutEffect(() => {
    window.drawn();
  }, [window, version, from, to, live]);
  useEffect(() => {
    if (scroller.current !== null) onDrawn(scroller.current);
  }, [version, from, to, onDrawn]);

  const fresh = useStore(view.store, () => visibleFrom(view, seen));
  return (
    <div className="relative flex min-h-0 flex-1">
      {/* It scrolls by keys, and J and K move in it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={scroller}
        role="region"
        aria-label="Stream"
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto [overflow-anchor:none] focus-visible:-outline-offset-2"
        onKeyDown={(event) => {
          moveByKeys(event, window);
        }}
      >
        <div ref={spacer} className="relative mx-auto w-full max-w-[820px]">
          <div ref={block} className="absolute inset-x-0 px-1">
            {drawnRows(view, row, { from, to, flash, version })}
            {to >= count - 1 ? (
              <div ref={tail} data-tail className="pb-6">
                <LiveBlocks parent={null} />
              </div>
            ) : null}
          </div>
        </div>
      </div>
      {atEnd ? null : (
        <div className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
          <Button
            icon={ArrowDown}
            className="pointer-events-auto rounded-full shadow-over"
            onClick={() => {
              window.toEnd();
            }}
          >
            {fresh === 0 ? 'To the end' : `${wholeNumber(fresh)} new`}
          </Button>
        </div>
      )}
    </div>
  );
};
