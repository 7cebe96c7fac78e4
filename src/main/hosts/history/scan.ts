import { closeSync, openSync, readdirSync, readSync, statSync, type Dirent } from 'node:fs';
import { basename, join } from 'node:path';

/** A file of a session as it is now. `agentId` is set for one of a subagent. */
export type FoundFile = {
  readonly path: string;
  readonly size: number;
  readonly modifiedAt: number;
  readonly agentId: string | null;
};

/** A session and its files, the transcript first. */
export type FoundSession = {
  readonly sessionId: string;
  /** The folder of its project. */
  readonly project: string;
  readonly files: readonly FoundFile[];
};

/** What was found, and what could not be looked into. */
export type Found = {
  readonly sessions: readonly FoundSession[];
  readonly problems: readonly { readonly path: string; readonly message: string }[];
};

const agentName = /^agent-(.+)\.jsonl$/;
const headBytes = 16_384;
const deepest = 4;

type Look = {
  readonly sessions: Map<string, FoundFile[]>;
  readonly problems: { path: string; message: string }[];
  /** The sessions of the files that were read before. */
  readonly known: ReadonlyMap<string, string>;
};

const saying = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const entriesOf = (folder: string, look: Look): readonly Dirent[] => {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    // What was there a moment ago may be gone: Claude Code clears up by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      look.problems.push({ path: folder, message: saying(error) });
    }
    return [];
  }
};

/** The session that a subagent's file beside the transcripts is of: it says so in its first line. */
const sessionInFile = (path: string): string | null => {
  const fd = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(headBytes);
    const count = readSync(fd, buffer, 0, headBytes, 0);
    return /"sessionId":"([^"]+)"/.exec(buffer.toString('latin1', 0, count))?.[1] ?? null;
  } finally {
    closeSync(fd);
  }
};

const addFile = (look: Look, path: string, agentId: string | null, sessionId: string | null): void => {
  try {
    const { size, mtimeMs } = statSync(path);
    const id = sessionId ?? look.known.get(path) ?? sessionInFile(path);
    if (id === null) return;
    const files = look.sessions.get(id) ?? [];
    look.sessions.set(id, files);
    const file = { path, size, modifiedAt: Math.floor(mtimeMs), agentId };
    if (agentId === null) files.unshift(file);
    else files.push(file);
  } catch (error) {
    look.problems.push({ path, message: saying(error) });
  }
};

const lookIntoSession = (look: Look, folder: string, sessionId: string, depth: number): void => {
  for (const entry of entriesOf(folder, look)) {
    const path = join(folder, entry.name);
    const agentId = agentName.exec(entry.name)?.[1];
    if (entry.isDirectory() && depth < deepest) lookIntoSession(look, path, sessionId, depth + 1);
    else if (entry.isFile() && agentId !== undefined) addFile(look, path, agentId, sessionId);
  }
};

const isSession = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

const lookIntoProject = (look: Look, folder: string): void => {
  for (const entry of entriesOf(folder, look)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (isSession.test(entry.name)) lookIntoSession(look, path, entry.name, 0);
    } else if (entry.isFile() && entry.name.endsWith('.jsonl')) {
      const agentId = agentName.exec(entry.name)?.[1] ?? null;
      addFile(look, path, agentId, agentId === null ? basename(entry.name, '.jsonl') : null);
    }
  }
};

const byPath = (a: FoundFile, b: FoundFile): number => (a.path < b.path ? -1 : 1);

const inOrder = (files: readonly FoundFile[]): readonly FoundFile[] => [
  ...files.filter(({ agentId }) => agentId === null),
  ...files.filter(({ agentId }) => agentId !== null).toSorted(byPath),
];

const lastChange = ({ files }: FoundSession): number => files[0]?.modifiedAt ?? 0;

/**
 * Looks for the sessions in a folder that is laid out as `~/.claude/projects`: `PROJECT/SESSION.jsonl`, with subagents'
 * transcripts in `PROJECT/SESSION/subagents/agent-ID.jsonl` (from 2.1 on) or `PROJECT/agent-ID.jsonl` (2.0). Nothing is read of
 * them, but the begin of files of the last kind that are new. Those of a project come together, the one changed longest ago first.
 */
export const scanHistory = (folder: string, known: ReadonlyMap<string, string>): Found => {
  const problems: Look['problems'] = [];
  const sessions: FoundSession[] = [];
  for (const entry of entriesOf(folder, { sessions: new Map(), problems, known })) {
    if (!entry.isDirectory()) continue;
    const project = join(folder, entry.name);
    const look: Look = { sessions: new Map(), problems, known };
    lookIntoProject(look, project);
    const found = [...look.sessions].map(([sessionId, files]) => ({
      sessionId,
      project,
      files: inOrder(files),
    }));
    sessions.push(...found.toSorted((a, b) => lastChange(a) - lastChange(b)));
  }
  return { sessions, problems };
};
