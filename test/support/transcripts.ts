import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A session as Claude Code would have written it down. */
export type WrittenSession = {
  readonly id: string;
  readonly title?: string;
  readonly prompt: string;
  readonly answer: string;
  /** ISO-8601. */
  readonly at: string;
  readonly model?: string;
};

const linesOf = ({ id, title, prompt, answer, at, model = 'claude-opus-5-5' }: WrittenSession): object[] => {
  const head = {
    ...{ isSidechain: false, userType: 'external', entrypoint: 'cli', cwd: '/home/ada/shop' },
    ...{ sessionId: id, version: '2.1.330', gitBranch: 'main', timestamp: at },
  };
  const usage = {
    input_tokens: 10,
    output_tokens: 20,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 5,
  };
  const content = [{ type: 'text', text: answer }];
  const message = {
    type: 'message',
    id: `msg_${id}`,
    role: 'assistant',
    model,
    stop_reason: 'end_turn',
    content,
    usage,
  };
  return [
    { ...head, parentUuid: null, type: 'user', uuid: `${id}-1`, message: { role: 'user', content: prompt } },
    { ...head, parentUuid: `${id}-1`, type: 'assistant', uuid: `${id}-2`, requestId: `req_${id}`, message },
    ...(title === undefined ? [] : [{ type: 'custom-title', customTitle: title, sessionId: id }]),
  ];
};

/** Writes sessions into a folder that is laid out as `~/.claude/projects` is. */
export const writeTranscripts = async (
  folder: string,
  sessions: readonly WrittenSession[],
): Promise<void> => {
  const project = join(folder, '-home-ada-shop');
  await mkdir(project, { recursive: true });
  for (const session of sessions) {
    const text = linesOf(session).map((line) => `${JSON.stringify(line)}\n`);
    await writeFile(join(project, `${session.id}.jsonl`), text.join(''));
  }
};
