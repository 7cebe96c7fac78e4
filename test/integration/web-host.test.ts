import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openRemoteEngine } from '../../src/main/hosts/web/remote-engine.ts';
import { openWebHost, type WebHost } from '../../src/main/hosts/web/web-host.ts';
import { createRouter } from '../../src/main/api/router.ts';
import { containing, matching } from '../support/matching.ts';
import { openBench, planOf, type EngineBench } from '../support/engine/engine.ts';

let folder: string;
let web: WebHost;
let bench: EngineBench;

const notAsked = (): Promise<never> => Promise.reject(new Error('not asked here'));

const notGiven = (): never => {
  throw new Error('not asked here');
};

const routerOf = ({ engine }: EngineBench) =>
  createRouter({
    engine,
    info: async () => ({
      ...{
        version: '1',
        dataDir: folder,
        platform: 'linux',
        host: 'web',
        pid: 1,
        claude: null,
        firstRun: true,
        storeTrouble: null,
      },
    }),
    doctor: notAsked,
    prepareDemo: notAsked,
    schedules: { list: () => Promise.resolve([]), add: notAsked, remove: notAsked },
    dryRun: () => Promise.reject(new Error('not asked here')),
    templates: () => Promise.resolve([]),
    database: { stats: notAsked, prune: notAsked, vacuum: notAsked },
    exports: { run: notGiven, importArchive: notGiven },
    history: { status: notAsked, import: notGiven, follow: notAsked },
    folders: { real: notAsked, whatItRuns: notAsked },
    commands: { list: () => Promise.resolve([]), show: notAsked },
  });

const options = (more: object = {}) => ({
  router: routerOf(bench),
  caller: { by: 'mia' },
  rendererDir: join(folder, 'renderer'),
  port: 0,
  log: { warn: () => undefined, error: () => undefined },
  ...more,
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netra-web-'));
  await mkdir(join(folder, 'renderer', 'assets'), { recursive: true });
  await writeFile(join(folder, 'renderer', 'index.html'), '<title>console</title>');
  await writeFile(join(folder, 'renderer', 'assets', 'main-abc.js'), 'run()');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  bench = await openBench();
  web = await openWebHost(options());
});

afterEach(async () => {
  await web.close();
  await rm(folder, { recursive: true });
});

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string };

/** Asks by a raw path, which a URL would tidy up. */
const ask = (
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(web.url);
    const asked = request({ hostname, port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    asked.on('error', reject).end();
  });

const cookieIn = ({ headers }: Answer): string => headers['set-cookie']?.[0]?.split(';')[0] ?? '';

const pathOf = (link: string): string => link.slice(web.url.length);

/** A browser that came by a link: its cookie. */
const signIn = async (): Promise<string> => cookieIn(await ask(pathOf(web.newLink())));

/** The status of a refused upgrade, or 101. */
const upgrade = (headers: Record<string, string>, path = '/rpc'): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(web.url);
    const asked = request({
      ...{ hostname, port, path },
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    });
    asked.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve(101);
    });
    asked.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', reject).end();
  });

describe('the console in a browser', () => {
  it('is shown to nobody without a link, and says how to get in', async () => {
    const { status, text } = await ask('/');
    expect(status).toBe(401);
    expect(text).toContain('netra serve');
    expect(text).not.toContain('<title>console</title>');
    expect((await ask('/assets/main-abc.js')).status).toBe(401);
    expect((await ask('/rpc')).status).toBe(401);
  });

  it('lets one browser in by a link, once', async () => {
    const link = pathOf(web.newLink());
    const entered = await ask(link);
    expect(entered.status).toBe(200);
    expect(entered.headers['set-cookie']?.[0]).toMatch(
      /^netra-\d+=.*; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/,
    );
    const page = await ask('/', { headers: { cookie: cookieIn(entered) } });
    expect(page).toMatchObject({ status: 200, text: '<title>console</title>' });
    const again = await ask(link);
    expect(again.status).toBe(401);
    expect(again.text).toContain('does not work any more');
    expect(again.headers['set-cookie']).toBeUndefined();
  });

  it('does not use a link up when only its headers are asked for', async () => {
    const link = pathOf(web.newLink());
    expect((await ask(link, { method: 'HEAD' })).status).toBe(401);
    expect((await ask(link)).status).toBe(200);
  });

  it('lets a browser that is in use its old link again', async () => {
    const link = pathOf(web.newLink());
    const cookie = cookieIn(await ask(link));
    expect((await ask(link, { headers: { cookie } })).status).toBe(200);
  });

  it('refuses a wrong link and a made-up or foreign cookie', async () => {
    expect((await ask('/?code=wrong')).status).toBe(401);
    const name = `netra-${new URL(web.url).port}`;
    expect((await ask('/', { headers: { cookie: `${name}=x.y.z` } })).status).toBe(401);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"aud":"netra-console"}').toString('base64url')}.`;
    expect((await ask('/', { headers: { cookie: `${name}=${unsigned}` } })).status).toBe(401);
    const other = await openWebHost(options());
    const foreign = (await fetch(other.newLink())).headers.getSetCookie()[0]?.split(/[=;]/)[1] ?? '';
    await other.close();
    expect((await ask('/', { headers: { cookie: `${name}=${foreign}` } })).status).toBe(401);
  });

  it('answers to its own name only, so that no other page can point its name here', async () => {
    const cookie = await signIn();
    const { port } = new URL(web.url);
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      '127.0.0.1:1',
      `0.0.0.0:${port}`,
    ]) {
      expect((await ask('/', { headers: { cookie, host } })).status, host).toBe(421);
    }
    expect((await ask('/', { headers: { cookie, host: `localhost:${port}` } })).status).toBe(200);
  });

  it('refuses what a page of another origin sends', async () => {
    const cookie = await signIn();
    const { port } = new URL(web.url);
    for (const origin of ['https://evil.example', 'null', `http://localhost:${port}`, 'http://127.0.0.1']) {
      expect((await ask('/', { headers: { cookie, origin } })).status, origin).toBe(403);
    }
    expect((await ask('/', { headers: { cookie, origin: web.url } })).status).toBe(200);
  });

  it('serves what is in its folder and nothing else', async () => {
    const cookie = await signIn();
    const paths = [
      ...[
        '/../secret.txt',
        '/..%2fsecret.txt',
        '/%2e%2e/secret.txt',
        '/..\\secret.txt',
        '/assets/../../secret.txt',
      ],
      ...[
        '//etc/passwd',
        '/%00',
        '/assets',
        '/assets/',
        '/nothing',
        `/${folder}/secret.txt`,
        '/%',
        '/index.html/',
      ],
    ];
    for (const path of paths) {
      const { status, text } = await ask(path, { headers: { cookie } });
      expect(status, path).toBe(404);
      expect(text, path).not.toContain('secret');
    }
  });

  it('sends its policy with everything, keeps pages out of caches and hashed files in', async () => {
    const cookie = await signIn();
    const page = await ask('/', { headers: { cookie } });
    expect(page.headers).toMatchObject({
      'content-security-policy': containing("script-src 'self'"),
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
    });
    const script = await ask('/assets/main-abc.js', { headers: { cookie } });
    expect(script).toMatchObject({ status: 200, text: 'run()' });
    expect(script.headers['cache-control']).toContain('immutable');
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    const missing = await ask('/nothing', { headers: { cookie } });
    expect(missing.headers['content-security-policy']).toContain("default-src 'none'");
    expect(missing.headers['x-content-type-options']).toBe('nosniff');
  });

  it('reads only', async () => {
    const cookie = await signIn();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      expect((await ask('/', { method, headers: { cookie } })).status, method).toBe(405);
    }
    expect(await ask('/', { method: 'HEAD', headers: { cookie } })).toMatchObject({ status: 200, text: '' });
  });

  it('says what to do when the page has not been built', async () => {
    await web.close();
    web = await openWebHost(options({ rendererDir: join(folder, 'nowhere') }));
    const { status, text } = await ask('/', { headers: { cookie: await signIn() } });
    expect(status).toBe(503);
    expect(text).toContain('npm run build');
  });

  it('says that a port is taken and how to choose another', async () => {
    const port = Number(new URL(web.url).port);
    await expect(openWebHost(options({ port }))).rejects.toMatchObject({
      failure: { code: 'web.port_taken', message: matching(/Port \d+ is taken.*--port/) },
    });
  });

  it.runIf(process.platform === 'linux')('listens on loopback only', async () => {
    expect(new URL(web.url).hostname).toBe('127.0.0.1');
    const { port } = new URL(web.url);
    // Binding the same port on another address works only if the console has not taken all of them.
    const other = createServer();
    await new Promise<void>((resolve, reject) => {
      other.once('error', reject).listen(Number(port), '127.0.0.2', resolve);
    });
    other.close();
  });
});

describe('the WebSocket', () => {
  it('is for the page that came with the cookie', async () => {
    const cookie = await signIn();
    const { port } = new URL(web.url);
    expect(await upgrade({ cookie, origin: web.url })).toBe(101);
    expect(await upgrade({ origin: web.url })).toBe(401);
    expect(await upgrade({ cookie }), 'a cookie without an origin is no browser').toBe(401);
    expect(await upgrade({ cookie, origin: 'https://evil.example' })).toBe(403);
    expect(await upgrade({ cookie, origin: web.url, host: `evil.example:${port}` })).toBe(421);
    expect(await upgrade({ cookie, origin: web.url }, '/other')).toBe(404);
  });

  it('is for programs with the token, which no browser can send along', async () => {
    const { token } = web.endpoint;
    expect(await upgrade({ authorization: `Bearer ${token}` })).toBe(101);
    expect(await upgrade({ authorization: 'Bearer wrong' })).toBe(401);
    expect(await upgrade({})).toBe(401);
    expect(await upgrade({ authorization: `Bearer ${token}`, origin: 'https://evil.example' })).toBe(403);
  });

  it('carries requests, failures and streams', async () => {
    const remote = await openRemoteEngine(web.endpoint);
    expect(await remote.client.system.info()).toMatchObject({ dataDir: folder });
    const id = '00000000-0000-7000-8000-000000000001';
    await expect(remote.client.orchestrations.get({ id })).rejects.toMatchObject({
      code: 'FAILURE',
      data: { code: 'orchestration.unknown' },
    });
    const { orchestration } = await bench.engine.start(
      { plan: planOf(1), planText: 'text' },
      { by: 'mia', planFile: null },
    );
    const leaving = new AbortController();
    const stream = await remote.client.live.stream(
      { id: orchestration.id, instanceId: null, afterSeq: 0 },
      { signal: leaving.signal },
    );
    const first = await stream.next();
    expect(first.value).toMatchObject({
      kind: 'batch',
      events: [{ seq: 1 }, { seq: 2 }, { seq: 3 }, { seq: 4 }, { seq: 5 }],
    });
    leaving.abort();
    remote.close();
    await remote.lost;
  });

  it('gives a program that has the token new links', async () => {
    const remote = await openRemoteEngine(web.endpoint);
    const link = await remote.newLink();
    expect((await ask(pathOf(link))).status).toBe(200);
    remote.close();
    expect((await ask('/link', { method: 'POST' })).status).toBe(401);
    const wrong = await ask('/link', { method: 'POST', headers: { authorization: 'Bearer x' } });
    expect(wrong.status).toBe(401);
  });

  it('tells a program whose token is out of date that the engine cannot be reached', async () => {
    await expect(openRemoteEngine({ ...web.endpoint, token: 'old' })).rejects.toMatchObject({
      failure: { code: 'engine.unreachable' },
    });
  });

  it('drops who sends too much at once', async () => {
    const socket = new WebSocket(web.endpoint.url, {
      headers: { authorization: `Bearer ${web.endpoint.token}` },
    });
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    await new Promise((resolve) => socket.once('open', resolve));
    socket.on('error', () => undefined);
    socket.send('x'.repeat(3 * 1024 * 1024));
    expect(await closed).toBe(1009);
  });

  it('drops a peer that does not answer any more', async () => {
    await web.close();
    web = await openWebHost(options({ pingMs: 20 }));
    const { hostname, port } = new URL(web.url);
    const silent = connect(Number(port), hostname);
    silent.write(
      `GET /rpc HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        `Authorization: Bearer ${web.endpoint.token}\r\n\r\n`,
    );
    silent.resume();
    await new Promise((resolve) => silent.once('close', resolve));
    const alive = await openRemoteEngine(web.endpoint);
    await expect.poll(() => web.connections()).toBe(1);
    expect(await alive.client.system.info()).toBeDefined();
    alive.close();
  });

  it('ends with the host, and its clients know', async () => {
    const remote = await openRemoteEngine(web.endpoint);
    await web.close();
    await remote.lost;
    await expect(remote.client.system.info()).rejects.toThrow();
    web = await openWebHost(options());
  });
});
