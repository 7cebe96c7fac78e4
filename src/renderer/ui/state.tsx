import type { InstanceState } from '../../shared/domain/instance.ts';
import type { OrchestrationState } from '../../shared/domain/orchestration.ts';
import { cx } from './class-names.ts';

type Tone = 'running' | 'waiting' | 'limited' | 'ok' | 'bad' | 'idle';

/** The word and the colour of each state: always shown with the icon, never colour alone. */
export const stateLook: Readonly<Record<InstanceState, { readonly word: string; readonly tone: Tone }>> = {
  pending: { word: 'queued', tone: 'idle' },
  starting: { word: 'starting', tone: 'running' },
  running: { word: 'running', tone: 'running' },
  waiting: { word: 'needs input', tone: 'waiting' },
  limited: { word: 'rate limited', tone: 'limited' },
  paused: { word: 'paused', tone: 'limited' },
  succeeded: { word: 'succeeded', tone: 'ok' },
  failed: { word: 'failed', tone: 'bad' },
  stopped: { word: 'stopped', tone: 'idle' },
  skipped: { word: 'skipped', tone: 'idle' },
};

const inkOf: Readonly<Record<Tone, string>> = {
  running: 'text-running',
  waiting: 'text-waiting',
  limited: 'text-limited',
  ok: 'text-ok',
  bad: 'text-bad',
  idle: 'text-idle',
};

const chipOf: Readonly<Record<Tone, string>> = {
  running: 'bg-running-bg text-running',
  waiting: 'bg-waiting-bg text-waiting',
  limited: 'bg-limited-bg text-limited',
  ok: 'bg-ok-bg text-ok',
  bad: 'bg-bad-bg text-bad',
  idle: 'bg-idle-bg text-ink-2',
};

const shapes: Readonly<Record<InstanceState, React.ReactNode>> = {
  pending: <circle cx="8" cy="8" r="5.5" strokeDasharray="2.2 2.2" />,
  starting: <circle cx="8" cy="8" r="5.5" strokeDasharray="6 3" />,
  running: (
    <>
      <circle cx="8" cy="8" r="5.5" strokeOpacity=".3" />
      <path d="M8 2.5a5.5 5.5 0 0 1 5.5 5.5" />
    </>
  ),
  waiting: (
    <>
      <path d="M8 2.2 14 13H2Z" />
      <path d="M8 6.4v3M8 11.2v.1" />
    </>
  ),
  limited: <path d="M4.5 2.5h7M4.5 13.5h7M5 2.5c0 4 6 3.5 6 11M11 2.5c0 4-6 3.5-6 11" />,
  paused: <path d="M5.5 3.5v9M10.5 3.5v9" />,
  succeeded: (
    <>
      <circle cx="8" cy="8" r="6" fill="currentColor" fillOpacity=".16" stroke="none" />
      <path d="m5.2 8.2 2 2 3.8-4.3" />
    </>
  ),
  failed: (
    <>
      <circle cx="8" cy="8" r="6" fill="currentColor" fillOpacity=".16" stroke="none" />
      <path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4" />
    </>
  ),
  stopped: <rect x="4" y="4" width="8" height="8" rx="1.5" />,
  skipped: <path d="M4 4l4.5 4L4 12M11.5 4v8" />,
};

/** The icon of a state. Decoration: the word stands beside it, or is given as `label`. */
export const StateIcon = ({ state, label, className }: StateIconProps) => (
  <svg
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.5"
    strokeLinecap="round"
    strokeLinejoin="round"
    // The whole icon turns, not a part of it: that needs no painting.
    className={cx(
      'size-3.5 shrink-0',
      inkOf[stateLook[state].tone],
      state === 'running' && 'animate-turn',
      className,
    )}
    {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
  >
    {shapes[state]}
  </svg>
);

type StateIconProps = {
  readonly state: InstanceState | OrchestrationState;
  readonly label?: string;
  readonly className?: string;
};

type ChipProps = { readonly state: InstanceState | OrchestrationState; readonly text?: string };

/** The word of a state in its colour; `text` says it more exactly ("goes on in 0:42"). */
export const StateChip = ({ state, text }: ChipProps) => (
  <span className={cx('rounded-xs px-1.5 py-px text-xs whitespace-nowrap', chipOf[stateLook[state].tone])}>
    {text ?? stateLook[state].word}
  </span>
);

/** A small word on a quiet ground, in a state's colour when `tone` is given. */
export const Chip = ({
  tone = 'idle',
  children,
}: {
  readonly tone?: Tone;
  readonly children: React.ReactNode;
}) => (
  <span className={cx('rounded-xs px-1.5 py-px text-xs whitespace-nowrap', chipOf[tone])}>{children}</span>
);
