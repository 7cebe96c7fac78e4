import { isFields, type Fields } from '../stream/message-lines.ts';
import { isSilent, readHistoryFields, readHistoryLine, type ReadLine } from './history-line.ts';

/**
 * Lines as bytes: half of a transcript is what says nothing of the talk, or says it a second time. That is found here before it
 * is made a text and parsed, which took most of the time of a first import.
 */

/** A line that is shorter is parsed as it is: that is as quick. */
const leastLength = 1024;

/** What each line of a talk begins with. A line that has it further on is two, written into each other. */
const lineBegin = Buffer.from('{"parentUuid":');
const closing = 0x7d;

const isWholeObject = (line: Buffer): boolean =>
  line.at(-1) === closing && line.indexOf(lineBegin, 1, 'latin1') < 0;

const silentStart =
  /^\{(?:"type":"([\w-]+)",|"parentUuid":(?:null|"[\w-]+"),"isSidechain":(?:true|false),(?:"agentId":"\w+",)?"(attachment)":\{)/;
const startLength = 160;

/** The longest lines by far say nothing of the talk: they are known by their start. */
const isBulk = (line: Buffer): boolean => {
  const [, type, attachment] = silentStart.exec(line.toString('latin1', 0, startLength)) ?? [];
  return isSilent(attachment ?? type ?? '') && isWholeObject(line);
};

/** In what a tool gave back: the same once more, as the terminal shows it. After it come fields that say little, from 2.1 on. */
const usedField = Buffer.from(',"toolUseResult":');
const lastFields = Buffer.from(',"userType":"');

const fieldsOf = (text: string): Fields | null => {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
};

/** Fields that a line without what follows the result must have: they stand before it up to 2.0. */
const whole: readonly string[] = ['uuid', 'timestamp', 'cwd', 'version'];

/**
 * The fields of a line with a tool's result, but for that as the terminal shows it and what stands between it and the last ones; null
 * where it cannot be told for sure. What is left out begins and ends at the line's own level, for what is before it and after it
 * makes a whole object.
 */
const withoutUsed = (line: Buffer): Fields | null => {
  const from = line.indexOf(usedField, 0, 'latin1');
  if (from < 0 || !isWholeObject(line)) return null;
  const to = line.lastIndexOf(lastFields, undefined, 'latin1');
  const before = fieldsOf(`${line.toString('utf8', 0, from)}}`);
  if (before === null) return null;
  if (to < from) return whole.every((name) => typeof before[name] === 'string') ? before : null;
  const after = fieldsOf(`{${line.toString('utf8', to + 1)}`);
  return after === null ? null : { ...before, ...after };
};

/** Reads a line of a transcript as `readHistoryLine` does; what is broken in parts that nobody needs may go unnoticed. */
export const readHistoryBytes = (line: Buffer): ReadLine => {
  if (line.length < leastLength) return readHistoryLine(line.toString('utf8'));
  if (isBulk(line)) return { at: null, line: { kind: 'silent' } };
  const fields = withoutUsed(line);
  return fields === null ? readHistoryLine(line.toString('utf8')) : readHistoryFields(fields);
};
