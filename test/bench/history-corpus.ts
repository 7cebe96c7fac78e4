import { closeSync, mkdirSync, openSync, utimesSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { seededChance } from '../support/chance.ts';
import { createTranscripts, type TranscriptLines } from './history-lines.ts';

export type Corpus = { readonly bytes: number; readonly files: number; readonly largest: number };

const projects = 40;
/** One session in so many is one of those that went on for days. */
const longEvery = 150;
const longBytes = 60_000_000;
const meanBytes = 700_000;
/** One session in so many has a subagent, whose transcript is a file of its own. */
const agentEvery = 3;
const chunkCharacters = 1 << 20;
const quietSince = new Date('2026-11-01T00:00:00.000Z');

/** Writes one transcript of about so many bytes; gives how many there are. */
const writeTranscript = (path: string, lines: TranscriptLines, wanted: number): number => {
  const fd = openSync(path, 'w');
  let [bytes, text] = [0, ''];
  const flush = (): void => {
    const data = Buffer.from(text);
    writeSync(fd, data);
    bytes += data.length;
    text = '';
  };
  try {
    while (bytes + text.length < wanted) {
      text += lines.step();
      if (text.length >= chunkCharacters) flush();
    }
    text += lines.end();
    flush();
  } finally {
    closeSync(fd);
  }
  // Written long ago, and in the order of their numbers.
  utimesSync(path, quietSince, quietSince);
  return bytes;
};

/**
 * Writes so many bytes of transcripts, laid out as `~/.claude/projects`: most sessions are short, many of a megabyte, a few of 60, and
 * every third has a subagent. The same for the same seed.
 */
export const writeCorpus = (folder: string, wanted: number, seed = 11): Corpus => {
  const chance = seededChance(seed);
  const transcript = createTranscripts(seed);
  let [bytes, files, largest] = [0, 0, 0];
  const write = (path: string, lines: TranscriptLines, size: number): void => {
    const written = writeTranscript(path, lines, size);
    bytes += written;
    files += 1;
    largest = Math.max(largest, written);
  };
  for (let number = 0; bytes < wanted; number += 1) {
    const project = join(folder, `-home-ada-src-p${String(Math.floor(chance() * projects))}`);
    mkdirSync(project, { recursive: true });
    const size = number % longEvery === longEvery - 1 ? longBytes : -Math.log(1 - chance()) * meanBytes;
    const lines = transcript(number);
    const { sessionId } = lines;
    write(join(project, `${sessionId}.jsonl`), lines, Math.min(size, wanted / 4));
    if (number % agentEvery !== 0) continue;
    const id = `a${sessionId.slice(0, 8)}${sessionId.slice(-8)}`;
    const agents = join(project, sessionId, 'subagents');
    mkdirSync(agents, { recursive: true });
    write(join(agents, `agent-${id}.jsonl`), transcript(number, { of: sessionId, id }), size / 6);
  }
  return { bytes, files, largest };
};
