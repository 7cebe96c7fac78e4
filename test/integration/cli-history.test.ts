import { appendFile, cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureSessions, historyFixtures } from '../support/history.ts';
import { openNetraPlace, type NetraPlace } from '../support/netra.ts';

let place: NetraPlace;
let folder: string;
let project: string;

beforeAll(async () => {
  place = await openNetraPlace();
  folder = join(place.claude.root, 'projects');
  project = join(folder, '-home-ada-shop');
  await mkdir(project, { recursive: true });
});
afterAll(() => place.close());

const idOf = async (name: string): Promise<string> => (await fixtureSessions())['2.1.330']?.[name] ?? '';

/** A session is written to the history. */
const write = async (name: string): Promise<void> => {
  const file = `${await idOf(name)}.jsonl`;
  const text = await readFile(join(historyFixtures, '2.1.330/-home-ada-shop', file));
  await appendFile(join(project, file), text);
};

describe('netra import claude --watch', () => {
  it(
    'takes in what comes, also while another engine has the data directory',
    { timeout: 240_000 },
    async () => {
      await cp(join(historyFixtures, '2.0.50/-home-ada-shop'), project, { recursive: true });
      const watching = place.start(['import', 'claude', '--from', folder, '--watch', '--json']);
      await watching.shows(/"sessionsAdded":[1-9]/);
      await watching.shows(/watching for more/);
      await write('text');
      await watching.shows(/"sessionsAdded":1,/);

      const server = place.start(['serve']);
      await server.shows(/http:\/\/127/);
      await write('thinking');
      await watching.shows(/(?:"sessionsAdded":1,[^]*){2}/);
      server.kill('SIGINT');
      expect((await server.exited).code).toBe(0);

      await write('interrupted');
      await watching.shows(/(?:"sessionsAdded":1,[^]*){3}/);
      watching.kill('SIGINT');
      expect(await watching.exited).toMatchObject({ code: 0 });
      const { stdout } = await place.run(['sessions', 'list', '--format', 'json']);
      expect(JSON.parse(stdout)).toHaveLength(11);
    },
  );
});
