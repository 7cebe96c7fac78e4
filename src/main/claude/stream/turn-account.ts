/** How a conversation with Claude Code stands: what the one who talks to it must know. */
export type TurnStanding = {
  /** A turn is in hand, or will be without a further word: a background task has ended, and the model hears of it. */
  readonly isBusy: boolean;
  /** Subagents and commands that go on in the background. */
  readonly backgroundTasks: number;
  /** How many turns have ended that somebody asked for. */
  readonly answered: number;
  /** The ids of the messages that are dealt with; null as long as the CLI says nothing of messages (older ones never do). */
  readonly settled: ReadonlySet<string> | null;
};

/** Follows the turns of a session: measured on 2.1.330 (`command_lifecycle`, `background_tasks_changed`). */
export interface TurnAccount {
  /** Something of a turn came. */
  wentOn(): void;
  /** A `result` came; `isAsked` is false for a turn in which it only heard of a background task. */
  ended(isAsked: boolean): void;
  /** What became of a message; all but `queued` and `started` mean that it is dealt with. */
  messageIs(id: string, state: string): void;
  tasksAre(count: number): void;
  standing(): TurnStanding;
}

export const createTurnAccount = (): TurnAccount => {
  let isBusy = false;
  let backgroundTasks = 0;
  let answered = 0;
  let settled: Set<string> | null = null;
  return {
    wentOn() {
      isBusy = true;
    },
    ended(isAsked) {
      isBusy = false;
      if (isAsked) answered += 1;
    },
    messageIs(id, state) {
      settled ??= new Set();
      if (state !== 'queued' && state !== 'started') settled.add(id);
    },
    tasksAre(count) {
      backgroundTasks = count;
    },
    standing: () => ({ isBusy, backgroundTasks, answered, settled }),
  };
};
