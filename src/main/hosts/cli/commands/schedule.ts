import type { EngineClient } from '../../../../shared/contract/contract.ts';
import type { ScheduleView } from '../../../../shared/contract/schedules.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import type { EngineConnection } from '../../connect.ts';
import { isStaying } from '../background-engine.ts';
import { withEngine, type CliContext } from '../context.ts';
import { planNamed, type PlanInput } from '../run-input.ts';
import { missedText, nextText, rhythmText } from '../schedule-text.ts';
import { fit, printable } from '../terminal-text.ts';

/** As much of an id as tells when it was made, to the millisecond: enough to name it by. */
const idStart = 13;
/** Ids are named by their beginning, from so many characters on. */
const leastPrefix = 4;

const howItLives =
  'A schedule lives as long as an engine runs: the desktop app, `netra serve` or `netra daemon`.';

/** Says by whom schedules are started, or that nobody does. */
const sayWhoStarts = ({ streams }: CliContext, connection: EngineConnection): void => {
  if (connection.kind === 'attached' && isStaying(connection.holder)) {
    const { host, pid } = connection.holder;
    streams.say(`netra: ${howItLives} Now that is the engine of ${host} (process ${String(pid)}).`);
    return;
  }
  streams.say(`netra: ${howItLives} None runs now: \`netra daemon start\` starts one in the background.`);
};

const rowsOf = (schedule: ScheduleView, { paint }: CliContext): readonly string[] => {
  const { id, name, lastStart, lastMissed, timeZone } = schedule;
  const now = Date.now();
  const due = fit(nextText(schedule, now), 46);
  const isOverdue = schedule.next !== null && Date.parse(schedule.next) < now;
  const row = [
    paint('quiet', id.slice(0, idStart)),
    isOverdue ? paint('attention', due) : due,
    fit(rhythmText(schedule), 20),
    paint('quiet', fit(lastStart?.orchestrationId.slice(0, idStart) ?? '–', idStart)),
    printable(name),
  ];
  const missed = lastMissed === null ? [] : [paint('attention', `  ${missedText(lastMissed, timeZone)}`)];
  return [row.join('  '), ...missed];
};

const titleRow = [
  fit('ID', idStart),
  fit('NEXT', 46),
  fit('HOW OFTEN', 20),
  fit('LAST RUN', idStart),
  'NAME',
];

/** `netra schedule list` */
export const listSchedules = (context: CliContext, format: 'text' | 'json'): Promise<number> =>
  withEngine(context, 'settle', async (connection) => {
    const { streams, paint } = context;
    const schedules = await connection.client.schedules.list();
    if (format === 'json') {
      await streams.print(JSON.stringify(schedules, null, 2));
      return 0;
    }
    if (schedules.length === 0) {
      streams.say(
        'netra: there are no schedules. A plan with a `schedule` is added by `netra schedule add`.',
      );
      return 0;
    }
    await streams.print(paint('quiet', titleRow.join('  ')));
    for (const row of schedules.flatMap((schedule) => rowsOf(schedule, context))) await streams.print(row);
    sayWhoStarts(context, connection);
    return 0;
  });

/** Adds the schedule of a plan, and says when it is due and who will start it; prints its id, or all of it as JSON. */
export const addSchedule = (context: CliContext, plan: PlanInput, format: 'text' | 'json'): Promise<number> =>
  withEngine(context, 'settle', async (connection) => {
    const { streams } = context;
    const { schedule, replaced } = await connection.client.schedules.add(plan);
    const how = replaced ? 'is scheduled anew' : 'is scheduled';
    streams.say(`netra: "${printable(schedule.name)}" ${how}: next at ${nextText(schedule, Date.now())}.`);
    sayWhoStarts(context, connection);
    await streams.print(format === 'json' ? JSON.stringify(schedule) : schedule.id);
    return 0;
  });

/** `netra schedule add PLAN` */
export const addPlanFile = async (
  context: CliContext,
  file: string,
  format: 'text' | 'json',
): Promise<number> => addSchedule(context, await planNamed(context, file), format);

/** @throws FailureError `schedule.unknown`, `schedule.ambiguous` */
const findSchedule = async (client: EngineClient, text: string): Promise<ScheduleView> => {
  const wanted = text.toLowerCase();
  const schedules = await client.schedules.list();
  const isMeant = ({ id, name }: ScheduleView): boolean =>
    name.toLowerCase() === wanted || (wanted.length >= leastPrefix && id.startsWith(wanted));
  const [found, ...others] = schedules.filter(isMeant);
  if (found === undefined) {
    throw failureError(
      'schedule.unknown',
      `There is no schedule "${text}". \`netra schedule list\` shows all.`,
    );
  }
  if (others.length > 0) {
    const ids = [found, ...others].map(({ id, name }) => `${id} (${name})`).join(', ');
    throw failureError('schedule.ambiguous', `"${text}" may be any of: ${ids}. Say more of the id.`);
  }
  return found;
};

/** `netra schedule remove ID` */
export const removeSchedule = (context: CliContext, text: string): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const { id } = await findSchedule(client, text);
    const { name } = await client.schedules.remove({ id });
    await context.streams.print(`removed  ${id}  ${printable(name)}`);
    return 0;
  });
