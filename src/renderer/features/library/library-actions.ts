import { counted } from '../../ui/format.ts';
import { notify } from '../notices/notices.ts';
import type { Engine } from '../../data/engine.tsx';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';

type Sessions = readonly OrchestrationView[];

/** The name of a session, or how many they are. */
export const namesOf = (sessions: Sessions): string =>
  sessions.length === 1 ? `“${sessions[0]?.name ?? ''}”` : counted(sessions.length, 'session');

const attempt = async (what: string, work: () => Promise<void>): Promise<boolean> => {
  try {
    await work();
    return true;
  } catch (error) {
    notify({ tone: 'bad', text: `${what} ${failureOf(error, 'console.error').message}` });
    return false;
  }
};

const idsOf = (sessions: Sessions): OrchestrationView['id'][] => sessions.map(({ id }) => id);

/** Takes back that sessions were deleted. */
export const restoreSessions = ({ library }: Engine, sessions: Sessions): Promise<boolean> =>
  attempt('It could not be taken back.', async () => {
    await library.restore(idsOf(sessions));
    notify({ text: `${namesOf(sessions)} ${sessions.length === 1 ? 'is' : 'are'} back.` });
  });

/** Deletes sessions, and offers to take that back. True when they are deleted. */
export const deleteSessions = (engine: Engine, sessions: Sessions): Promise<boolean> =>
  attempt('Nothing was deleted.', async () => {
    const deleted = await engine.library.remove(idsOf(sessions));
    const gone = sessions.filter(({ id }) => deleted.includes(id));
    notify({
      text: `Deleted ${namesOf(gone)}.`,
      undo: () => void restoreSessions(engine, gone),
    });
  });

/** Pins sessions, or lets go of them when all are pinned. */
export const togglePin = ({ library }: Engine, sessions: Sessions): Promise<boolean> =>
  attempt('That could not be done.', () =>
    library.mark(idsOf(sessions), { pinned: !sessions.every(({ pinned }) => pinned) }),
  );

/** Gives a session another name. */
export const rename = ({ library }: Engine, session: OrchestrationView, name: string): Promise<boolean> =>
  attempt('It keeps its name.', () => library.mark([session.id], { name }));

/** Changes marks of sessions; what goes wrong is shown as a notice. */
export const mark = (
  { library }: Engine,
  sessions: Sessions,
  marks: Parameters<Engine['library']['mark']>[1],
): Promise<boolean> => attempt('That could not be done.', () => library.mark(idsOf(sessions), marks));
