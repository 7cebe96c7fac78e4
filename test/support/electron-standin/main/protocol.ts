// Custom schemes. Chromium knows only its own, so `scheme://host/path` travels as `https://scheme--host.standin.invalid/path`
// and is answered by the app's handler through the DevTools protocol; the app's code sees its own addresses only.

type Handler = (request: Request) => Response | Promise<Response>;

const fakeDomain = '.standin.invalid';
const schemes = new Map<string, Handler | null>();

/** What Chromium is to intercept for the registered schemes. */
export const schemePattern = `https://*${fakeDomain}/*`;

/** An address as Chromium knows it. */
export const toWire = (url: string): string => {
  const [, scheme = '', host = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)(.*)$/.exec(url) ?? [];
  return schemes.has(scheme) ? `https://${scheme}--${host || 'none'}${fakeDomain}${rest || '/'}` : url;
};

/** An address as the app knows it. */
export const fromWire = (url: string): string =>
  url.replace(
    /^https:\/\/([a-z0-9+.]+)--([^/]*?)\.standin\.invalid/,
    (_, scheme: string, host: string) => `${scheme}://${host === 'none' ? '' : host}`,
  );

/** The answer of the app's handler to a request for one of its schemes; 404 when it has none. */
export const answer = async (request: Request | { url: string }, init?: RequestInit): Promise<Response> => {
  const handler = schemes.get(request.url.split(':')[0] ?? '');
  if (!handler) return new Response('', { status: 404 });
  return await handler(new Request(request.url, init));
};

export const isAppUrl = (url: string): boolean => schemes.has(fromWire(url).split(':')[0] ?? '');

export const protocol = {
  registerSchemesAsPrivileged: (privileged: readonly { readonly scheme: string }[]): void => {
    for (const { scheme } of privileged) schemes.set(scheme, null);
  },
  handle: (scheme: string, handler: Handler): void => {
    if (schemes.get(scheme)) throw new Error(`The scheme has been intercepted: ${scheme}`);
    schemes.set(scheme, handler);
  },
  isProtocolHandled: (scheme: string): boolean => schemes.get(scheme) instanceof Function,
};
