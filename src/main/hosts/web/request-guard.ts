import type { IncomingHttpHeaders } from 'node:http';

/** Why a request is turned away before anybody looks at what it wants. */
export type Refusal = { readonly status: 403 | 421; readonly reason: string };

/**
 * Turns away what reached this port by another name, as a page does whose name was pointed at this machine (DNS
 * rebinding), and what a page of another origin sent. A browser always sends `Origin` with an upgrade, and cannot forge
 * `Host`.
 */
export const refusalOf = (
  { host, origin }: Pick<IncomingHttpHeaders, 'host' | 'origin'>,
  port: number,
): Refusal | null => {
  const names = [`127.0.0.1:${String(port)}`, `localhost:${String(port)}`];
  if (host === undefined || !names.includes(host.toLowerCase())) {
    return { status: 421, reason: `The console answers at ${names.join(' and ')} only.` };
  }
  if (origin !== undefined && origin !== `http://${host.toLowerCase()}`) {
    return { status: 403, reason: 'Another page may not use the console.' };
  }
  return null;
};

/** The value of a cookie of a request, or undefined. */
export const cookieOf = (header: string | undefined, name: string): string | undefined =>
  header
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1);
