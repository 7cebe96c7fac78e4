import { didYouMean } from '../did-you-mean.ts';
import { choiceBreaches, fieldsOf, has, type Fields, type RuleBreach } from './plan-breach.ts';
import { fieldOf, shown } from './plan-problem.ts';
import { checkCron, isTimeZone, parseStartAt } from '../schedule.ts';

const WHEN = ['startAt', 'every', 'cron'];
const PATH = ['schedule'];

/** The time zone of the machine, by its IANA name. */
export const machineTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What the keys of the schedule break, whatever the time. */
export function scheduleBreaches(plan: unknown): readonly RuleBreach[] {
  const schedule = fieldsOf(fieldsOf(plan)?.['schedule']);
  return schedule === undefined ? [] : choiceBreaches(schedule, PATH, WHEN);
}

function zoneBreach(timeZone: string): RuleBreach {
  const path = [...PATH, 'timeZone'];
  const suggestion = didYouMean(timeZone, Intl.supportedValuesOf('timeZone'));
  const advice =
    suggestion === undefined
      ? 'use an IANA name such as Europe/Berlin or UTC.'
      : `did you mean ${suggestion}?`;
  return {
    path,
    code: 'plan.time_zone',
    message: `${fieldOf(path)} is "${shown(timeZone)}", which is no time zone: ${advice}`,
    expected: 'a time zone such as Europe/Berlin or UTC',
    ...(suggestion !== undefined && { suggestion }),
  };
}

function startBreach(startAt: string, timeZone: string, now: number): RuleBreach | undefined {
  const path = [...PATH, 'startAt'];
  const moment = parseStartAt(startAt, now, timeZone);
  if (moment === null) {
    const expected = 'a time such as 2am, 14:30, 30m (from now) or 2027-01-31T02:00:00Z';
    const message = `${fieldOf(path)} must be ${expected}, but is "${shown(startAt)}".`;
    return { path, code: 'plan.start_at', message, expected };
  }
  if (moment >= now) return undefined;
  const message = `${fieldOf(path)} is in the past: it was ${new Date(moment).toISOString()}. Give a time that is still to come.`;
  return { path, code: 'plan.start_in_past', message, expected: 'a time that is still to come' };
}

function cronBreach(cron: string, timeZone: string): RuleBreach | undefined {
  const path = [...PATH, 'cron'];
  const wrong = checkCron(cron, timeZone);
  if (wrong === null) return undefined;
  const expected = 'a cron expression such as "0 2 * * *"';
  return { path, code: 'plan.cron', message: `${fieldOf(path)}: ${shownWhole(wrong)}`, expected };
}

/** Spells out control characters without cutting the text. */
const shownWhole = (text: string): string =>
  Array.from({ length: Math.ceil(text.length / 50) }, (_, at) =>
    shown(text.slice(at * 50, at * 50 + 50)),
  ).join('');

/** What the schedule of anything that may be a plan breaks, seen at `now` (epoch milliseconds). */
export function timeBreaches(plan: unknown, now: number): readonly RuleBreach[] {
  const schedule: Fields = fieldsOf(fieldsOf(plan)?.['schedule']) ?? {};
  const { timeZone = machineTimeZone(), startAt, cron } = schedule;
  if (typeof timeZone !== 'string') return [];
  if (has(schedule, 'timeZone') && !isTimeZone(timeZone)) return [zoneBreach(timeZone)];
  const breaches = [
    typeof startAt === 'string' && /\S/.test(startAt) ? startBreach(startAt, timeZone, now) : undefined,
    typeof cron === 'string' && /\S/.test(cron) ? cronBreach(cron, timeZone) : undefined,
  ];
  return breaches.filter((breach) => breach !== undefined);
}
