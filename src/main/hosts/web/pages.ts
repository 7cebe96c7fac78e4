import { createHash } from 'node:crypto';

/** A page in place of the console: why it is not shown, and what to do. */
export type Page = {
  readonly status: number;
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** Where the browser goes on its own. */
  readonly next?: string;
};

const style = [
  ':root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}',
  'body{max-width:34rem;margin:18vh auto 0;padding:0 1.5rem}',
  'h1{font-size:1.25rem;font-weight:600}',
  'code{font:0.9em ui-monospace,monospace}',
].join('');

const styleHash = createHash('sha256').update(style).digest('base64');

/** Nothing but its own style. */
export const pagePolicy =
  `default-src 'none'; style-src 'sha256-${styleHash}'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Paragraphs are this program's own words; `backquoted` parts are shown as code. */
export const htmlOf = ({ title, paragraphs, next }: Page): string => {
  const body = paragraphs
    .map((text) => `<p>${text.replaceAll(/`([^`]+)`/g, '<code>$1</code>')}</p>`)
    .join('');
  const refresh = next === undefined ? '' : `<meta http-equiv="refresh" content="0;url=${next}">`;
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width">${refresh}<title>${title} · Netra Orchestrator</title>` +
    `<style>${style}</style></head><body><main><h1>${title}</h1>${body}</main></body></html>`
  );
};

const howToGetIn =
  'Run `netra serve` again in a terminal: it prints a new link, also while the console is already running.';

export const signedOutPage: Page = {
  status: 401,
  title: 'This browser is not signed in',
  paragraphs: ['Open the link that `netra serve` printed: it lets one browser in, once.', howToGetIn],
};

export const enteredPage: Page = {
  status: 200,
  title: 'Signed in',
  paragraphs: ['The console is at <a href="/">its first page</a>.'],
  next: '/',
};

export const wrongCodePage: Page = {
  status: 401,
  title: 'This link does not work any more',
  paragraphs: ['Each link lets one browser in, once; a restart of the console ends them all.', howToGetIn],
};

export const notFoundPage: Page = {
  status: 404,
  title: 'There is nothing here',
  paragraphs: ['The console is at <a href="/">its first page</a>.'],
};

export const notBuiltPage: Page = {
  status: 503,
  title: 'The console has not been built',
  paragraphs: ['Run `npm run build` in the folder of Netra Orchestrator, then reload this page.'],
};
