import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { protocol } from 'electron';
import { contentSecurityPolicy } from '../../../shared/contract/csp.ts';
import { appHost, appScheme } from './page-origin.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

const securityHeaders = {
  'content-security-policy': contentSecurityPolicy(),
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

/** One step of a path: a name, and nothing that a file system reads as more than that. */
const isName = (segment: string): boolean =>
  segment !== '' && segment !== '.' && segment !== '..' && !/[/\\:\0]/.test(segment);

/**
 * The path below the page's folder that an address stands for, as its segments; null for other hosts, for anything
 * that could lead out of the folder, however it is written, and for broken encodings. The root is `index.html`.
 */
export const pageSegments = (address: string): readonly string[] | null => {
  if (!URL.canParse(address)) return null;
  const { protocol: scheme, host, pathname } = new URL(address);
  if (scheme !== `${appScheme}:` || host !== appHost) return null;
  if (pathname === '/' || pathname === '') return ['index.html'];
  try {
    const segments = pathname.slice(1).split('/').map(decodeURIComponent);
    return segments.every(isName) ? segments : null;
  } catch {
    return null; // a `%` that encodes nothing
  }
};

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(ENOENT|EISDIR|ENOTDIR)$/.test(String(error.code));

/** Answers a request of the page from the files in `root`: GET only, unknown → 404, every answer with the headers. */
export const pageResponse = async (root: string, request: Request): Promise<Response> => {
  const plain = (status: number): Response => new Response(null, { status, headers: securityHeaders });
  if (request.method !== 'GET') return plain(405);
  const segments = pageSegments(request.url);
  const contentType = contentTypes[extname(segments?.at(-1) ?? '')];
  if (segments === null || contentType === undefined) return plain(404);
  try {
    const body = await readFile(join(root, ...segments));
    return new Response(body, { headers: { ...securityHeaders, 'content-type': contentType } });
  } catch (error) {
    if (isMissing(error)) return plain(404);
    throw error;
  }
};

/** Makes `app:` an origin of its own, like a web site. Must run before the app is ready. */
export const registerAppScheme = (): void => {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, codeCache: true };
  protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges }]);
};

/** Serves the page in `root` under `app:`, once the app is ready. */
export const serveApp = (root: string): void => {
  protocol.handle(appScheme, (request) => pageResponse(root, request));
};
