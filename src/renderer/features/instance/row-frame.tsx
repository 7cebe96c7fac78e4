import { Braces } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../../ui/button.tsx';
import { cx } from '../../ui/class-names.ts';
import { useStream } from './stream-context.ts';

/** The button that shows the raw lines of events; seen while its `row-frame` is hovered or in focus (stream.css). */
export const RawButton = ({
  events,
  className,
}: {
  readonly events: readonly number[];
  readonly className?: string;
}) => {
  const { showRaw } = useStream();
  return (
    <IconButton
      label={`Raw line of event ${events.map((n) => String(n + 1)).join(' and ')}`}
      icon={Braces}
      className={cx('on-row size-[22px]', className)}
      onClick={() => {
        showRaw(events);
      }}
    />
  );
};

type SpokenProps = {
  readonly n: number;
  /** Who speaks. */
  readonly speaker: string;
  readonly aside?: ReactNode;
  /** Shows the speaker only to those who listen: the same one goes on. */
  readonly goesOn?: boolean;
  readonly buttons?: ReactNode;
  readonly children: ReactNode;
};

/** Something said: a heading that names the speaker, and the words. */
export const Spoken = ({ n, speaker, aside, goesOn = false, buttons, children }: SpokenProps) => (
  <div className="row-frame relative py-[5px]">
    <h2 className={goesOn ? 'sr-only' : 'mb-0.5 text-xs font-[550] text-ink-3'}>
      {speaker}
      {aside === undefined ? null : <span className="font-normal"> · {aside}</span>}
    </h2>
    {children}
    <span className="absolute -top-0.5 right-0 flex items-center">
      {buttons}
      <RawButton events={[n]} />
    </span>
  </div>
);
