import type { InstanceState } from '../../../shared/domain/instance.ts';
import type { OrchestrationState } from '../../../shared/domain/orchestration.ts';
import type { Tone } from './terminal-text.ts';

/** How a state is shown: by a sign, its word and a colour, so that none of them is needed alone. */
export type Mark = { readonly sign: string; readonly tone: Tone };

export const stateMarks: Readonly<Record<InstanceState | OrchestrationState, Mark>> = {
  pending: { sign: '○', tone: 'quiet' },
  starting: { sign: '◌', tone: 'busy' },
  running: { sign: '●', tone: 'busy' },
  waiting: { sign: '?', tone: 'attention' },
  limited: { sign: '◷', tone: 'attention' },
  paused: { sign: '‖', tone: 'attention' },
  succeeded: { sign: '✓', tone: 'good' },
  failed: { sign: '✗', tone: 'bad' },
  stopped: { sign: '■', tone: 'attention' },
  skipped: { sign: '–', tone: 'quiet' },
};

export const stateText = (state: InstanceState | OrchestrationState): string =>
  `${stateMarks[state].sign} ${state}`;
