import type { OrchestrationDetail } from '../../../shared/contract/contract.ts';
import { instantOf, millisecondsBetween } from '../../../shared/domain/ids.ts';
import { isActive, isFinal, type InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { totalOf } from '../../../shared/domain/usage.ts';
import type { Answers } from './answers.ts';
import { createLatest, printReport, type Display } from './display.ts';
import { costText, durationText, tokensText } from './figures.ts';
import { orchestrationNotes } from './orchestration-notes.ts';
import { promptLines } from './prompt-lines.ts';
import { openScreen } from './screen.ts';
import { stateMarks, stateText } from './state-marks.ts';
import type { Streams } from './streams.ts';
import { tableLines } from './table.ts';
import { cut, printable, type Paint } from './terminal-text.ts';

export type Frame = {
  readonly orchestration: OrchestrationView;
  readonly instances: readonly InstanceView[];
  readonly prompt: ReturnType<Answers['prompt']>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
};

/** Of more instances than there is room for, those at work are kept first, then those to come; the order stays. */
const mostTelling = (instances: readonly InstanceView[], room: number): readonly InstanceView[] => {
  if (instances.length <= room) return instances;
  const rank = ({ state }: InstanceView): number => (isActive(state) ? 0 : isFinal(state) ? 2 : 1);
  const kept = new Set(instances.toSorted((a, b) => rank(a) - rank(b)).slice(0, Math.max(0, room)));
  return instances.filter((instance) => kept.has(instance));
};

const headLine = ({ orchestration, instances, now, columns, paint }: Frame): string => {
  const { name, state, usage, startedAt, endedAt } = orchestration;
  const total = totalOf(usage);
  const done = instances.filter((instance) => isFinal(instance.state)).length;
  const elapsed = millisecondsBetween(startedAt, endedAt ?? instantOf(now));
  const facts = [
    stateText(state),
    `${String(done)}/${String(instances.length)} done`,
    durationText(Math.floor(elapsed / 1000) * 1000).replace(/\.0s$/, 's'),
    `in ${tokensText(total.inputTokens)}`,
    `out ${tokensText(total.outputTokens)}`,
    `cache ${tokensText(total.cacheReadTokens + total.cacheWriteTokens)}`,
    costText(total, usage.basis),
  ].join('  ');
  const room = Math.max(8, columns - facts.length - 2);
  const text = cut(`${cut(printable(name), room)}  ${facts}`, columns);
  return paint(stateMarks[state].tone, text);
};

const mostNotes = 4;

/** All lines of the live table: the orchestration, what holds it up, its instances, and the permission prompt if there is one. */
export const frameLines = (frame: Frame): readonly string[] => {
  const { orchestration, instances, prompt, columns, rows, paint } = frame;
  const asking = prompt === null ? [] : promptLines(prompt.prompt, { ...prompt, width: columns, paint });
  // Head, title, what is left out, and the line of the cursor.
  const notes = orchestrationNotes(orchestration, { width: columns, paint }).slice(0, mostNotes);
  const room = Math.max(1, rows - asking.length - notes.length - 4);
  const shown = mostTelling(instances, room);
  const left = instances.length - shown.length;
  const layout = { now: instantOf(frame.now), width: columns, paint };
  return [
    headLine(frame),
    ...notes,
    ...tableLines(shown, layout),
    ...(left > 0 ? [paint('quiet', cut(`… ${String(left)} more`, columns))] : []),
    ...asking,
  ];
};

const shortestMs = 100;
const tickMs = 1000;

/** A table drawn again in place, at most ten times a second and only when something changed; then the report. */
export const openLiveTable = (
  detail: OrchestrationDetail,
  {
    streams,
    paint,
    answers,
  }: { readonly streams: Streams; readonly paint: Paint; readonly answers: () => Answers },
): Display => {
  const latest = createLatest(detail);
  const screen = openScreen(streams.stdout);
  let pending: NodeJS.Timeout | null = null;
  let drawnAt = 0;

  const frame = (): readonly string[] =>
    frameLines({
      orchestration: latest.orchestration(),
      instances: latest.instances(),
      prompt: answers().prompt(),
      now: Date.now(),
      columns: streams.columns(),
      rows: streams.rows(),
      paint,
    });
  const draw = (): void => {
    if (pending !== null) clearTimeout(pending);
    pending = null;
    drawnAt = Date.now();
    screen.draw(frame());
  };
  const refresh = (): void => {
    pending ??= setTimeout(draw, Math.max(0, drawnAt + shortestMs - Date.now()));
  };
  // Durations go on while nothing else happens.
  const ticker = setInterval(refresh, tickMs);
  streams.stdout.on('resize', refresh);
  streams.makeRoom((write) => {
    screen.draw([]);
    write();
    draw();
  });
  draw();
  return {
    fromSeq: 'now',
    take: async (batch) => {
      latest.take(batch);
      if (batch.orchestration !== null || batch.instances.length > 0) refresh();
    },
    refresh,
    end: async (ended) => {
      clearInterval(ticker);
      if (pending !== null) clearTimeout(pending);
      streams.stdout.off('resize', refresh);
      streams.makeRoom(null);
      screen.draw([]);
      screen.end();
      await printReport(ended, streams, paint);
    },
  };
};
