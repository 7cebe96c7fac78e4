import { createReadStream, type Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/** The files of a folder, served by exact name. */
export interface StaticFiles {
  /** Answers with the file at a decoded path such as `/assets/a.js`; false when there is none. */
  serve(path: string, response: ServerResponse, withBody: boolean): Promise<boolean>;
}

/** Names of `assets/` have a hash of what is in them. */
const cacheOf = (path: string): string =>
  path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store';

/** What is in the folder, which may not be there yet. */
const entriesOf = async (folder: string): Promise<readonly Dirent[]> => {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
};

const listing = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const entries = await entriesOf(folder);
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return new Map(files.map((file) => [`/${relative(folder, file).split(sep).join('/')}`, file]));
};

/**
 * Serves what is in the folder, and nothing else: a path is looked up among the names that are there, so that no
 * spelling of it leads out. The names are read again with each load of the page.
 */
export const createStaticFiles = (folder: string): StaticFiles => {
  let known: ReadonlyMap<string, string> | null = null;
  return {
    serve: async (path, response, withBody) => {
      const name = path === '/' ? '/index.html' : path;
      if (known === null || name === '/index.html') known = await listing(folder);
      const file = known.get(name);
      if (file === undefined) return false;
      const { size } = await stat(file);
      response.writeHead(200, {
        'Content-Type': types[extname(file)] ?? 'application/octet-stream',
        'Content-Length': size,
        'Cache-Control': cacheOf(name),
      });
      if (withBody) await pipeline(createReadStream(file), response);
      else response.end();
      return true;
    },
  };
};
