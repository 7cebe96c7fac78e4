import type { HistoryStore } from '../../store/commits/history-rows.ts';

/** Which messages of a project were counted. */
export interface SeenMessages {
  /** All of a project. The set is the one that is kept: add to it what is stored. */
  of(project: string): Promise<Set<number>>;
  /** As they are without those of a session that is read anew. */
  without(project: string, sessionId: string): Promise<Set<number>>;
  /** They are to be read from the store again. */
  forget(project: string): void;
}

/** So many projects' messages are held: the others' are read again when they are needed. */
const mostProjects = 4;

/** Keeps the messages of the projects that were asked for last in memory. */
export const createSeenMessages = (store: Pick<HistoryStore, 'messages'>): SeenMessages => {
  const projects = new Map<string, Set<number>>();
  const read = async (project: string, except: string | null): Promise<Set<number>> => {
    const keys = new Set(await store.messages(project, except));
    projects.set(project, keys);
    const [oldest] = projects.keys();
    if (projects.size > mostProjects && oldest !== undefined) projects.delete(oldest);
    return keys;
  };
  return {
    of: async (project) => projects.get(project) ?? (await read(project, null)),
    without: (project, sessionId) => {
      projects.delete(project);
      return read(project, sessionId);
    },
    forget: (project) => projects.delete(project),
  };
};
