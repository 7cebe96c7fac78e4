import type { UsageDimension } from '../../../shared/domain/usage-report.ts';

/** What dimensions are called. */
export const dimensionWords: Readonly<Record<UsageDimension, string>> = {
  day: 'Day',
  week: 'Week',
  month: 'Month',
  model: 'Model',
  plan: 'Plan',
  workspace: 'Workspace',
  user: 'User',
  tool: 'Tool',
  orchestration: 'Session',
};

const dayFormat = new Intl.DateTimeFormat([], { day: 'numeric', month: 'short', timeZone: 'UTC' });
const longDayFormat = new Intl.DateTimeFormat([], {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const monthFormat = new Intl.DateTimeFormat([], { month: 'short', year: 'numeric', timeZone: 'UTC' });

/** A key of time as a person reads it, `short` for an axis; other titles as they are, a model without `claude-`. */
export const titleText = (dimension: UsageDimension, title: string, isShort = false): string => {
  switch (dimension) {
    case 'day':
      return (isShort ? dayFormat : longDayFormat).format(new Date(`${title}T00:00:00Z`));
    case 'month':
      return monthFormat.format(new Date(`${title}-01T00:00:00Z`));
    case 'week':
      return isShort ? title.replace(/^\d+-/, '') : title.replace('-W', ', week ');
    default:
      return title === '' ? '(none)' : title;
  }
};
