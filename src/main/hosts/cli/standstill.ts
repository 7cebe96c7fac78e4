import { isFinal, type InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { printable } from './terminal-text.ts';

/** Notices when nothing goes on any more until a person does something. */
export interface Standstill {
  /** The views as they stand. */
  take(orchestration: OrchestrationView, instances: readonly InstanceView[]): void;
  close(): void;
}

/** How long it must last to be said, in milliseconds: between two instances it may look so for a moment. */
const lastsMs = 1000;

/** It is a person's turn: it is paused, asks something, or waits for trust or a budget. */
const waitsForPerson = ({ state, questions, course }: InstanceView): boolean =>
  state === 'paused' || (state === 'waiting' && (questions.length > 0 || course.hold !== null));

/** It does nothing, and will not by itself while others wait: what it needs has not come about. */
const isBehind = ({ state, course }: InstanceView): boolean =>
  state === 'pending' && course.next.notBefore === null;

const lineOf = ({ name, reason, course }: InstanceView, orchestration: string): string => {
  const who = `"${printable(name)}"`;
  if (course.hold?.kind === 'person')
    return `${who} is paused: netra resume "${printable(orchestration)}/${printable(name)}".`;
  return `${who} waits: ${printable(reason ?? 'somebody must answer.')} netra inbox shows it, netra answer answers.`;
};

const linesOf = (
  { name, pausedBy }: OrchestrationView,
  instances: readonly InstanceView[],
): readonly string[] => {
  if (pausedBy !== null)
    return [`It was paused by ${printable(pausedBy)}: netra resume "${printable(name)}" lets it go on.`];
  const left = instances.filter(({ state }) => !isFinal(state));
  const waiting = left.filter(waitsForPerson);
  const isStill = waiting.length > 0 && left.every((view) => waitsForPerson(view) || isBehind(view));
  return isStill ? waiting.map((view) => lineOf(view, name)) : [];
};

const mostLines = 5;

/** How often it is said again while it lasts, in milliseconds: a log is read from its end. */
const againMs = 10 * 60_000;

export type StandstillOptions = {
  readonly say: (line: string) => void;
  /** Runs something later; the answer cancels it. */
  readonly after: (ms: number, run: () => void) => () => void;
  /** Called when it has lasted so long; null: it may last for ever. */
  readonly giveUp: { readonly afterMs: number; readonly act: () => void } | null;
};

/**
 * Says, each time that it comes to this and now and then while it lasts, that all waits for a person, what for, and which
 * command lets it go on; gives up in the end, if it is to.
 */
export const createStandstill = ({ say, after, giveUp }: StandstillOptions): Standstill => {
  let known = '';
  let cancelSaying: (() => void) | null = null;
  let cancelWait: (() => void) | null = null;
  const stopSaying = (): void => {
    cancelSaying?.();
    cancelSaying = null;
  };
  const stopWaiting = (): void => {
    cancelWait?.();
    cancelWait = null;
  };
  const sayAfter = (ms: number, lines: readonly string[]): void => {
    cancelSaying = after(ms, () => {
      const more = lines.length - mostLines;
      say('netra: nothing goes on by itself now.');
      for (const line of lines.slice(0, mostLines)) say(`netra: ${line}`);
      if (more > 0) say(`netra: and ${String(more)} more.`);
      sayAfter(againMs, lines);
    });
  };
  return {
    take: (orchestration, instances) => {
      const lines = linesOf(orchestration, instances);
      const text = lines.join('\n');
      if (text === known) return;
      known = text;
      stopSaying();
      if (lines.length === 0) {
        stopWaiting();
        return;
      }
      sayAfter(lastsMs, lines);
      if (giveUp !== null) cancelWait ??= after(giveUp.afterMs, giveUp.act);
    },
    close: () => {
      stopSaying();
      stopWaiting();
    },
  };
};
