import type { IncomingMessage, ServerResponse } from 'node:http';

const bodyLimit = 64 * 1024 * 1024;

const errorTypes: Readonly<Record<number, readonly [type: string, message: string]>> = {
  400: ['invalid_request_error', 'The request is not valid.'],
  401: ['authentication_error', 'invalid x-api-key'],
  403: ['permission_error', 'Your API key does not have permission to use the specified resource.'],
  404: ['not_found_error', 'Not found.'],
  413: ['request_too_large', 'Request exceeds the maximum size.'],
  429: ['rate_limit_error', 'This request would exceed your rate limit. Please try again later.'],
  529: ['overloaded_error', 'Overloaded'],
};

/** The text of a request's body. @throws {Error} when it is longer than 64 MiB or breaks off */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > bodyLimit) throw new Error('The request is longer than 64 MiB.');
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** Ends a response with a JSON body. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** What an error says beyond its status. */
export interface ErrorDetails {
  /** Where there is more to say than its usual message. */
  readonly message?: string;
  readonly retryAfterSeconds?: number;
  /** The account's usage limit is reached, and resets after so many seconds. */
  readonly limitSeconds?: number;
}

/** The headers of an answer to an account whose usage limit of five hours is reached. */
function limitHeaders(seconds: number): Readonly<Record<string, string>> {
  const reset = String(Math.ceil(Date.now() / 1000 + seconds));
  return {
    'anthropic-ratelimit-unified-status': 'rejected',
    'anthropic-ratelimit-unified-representative-claim': 'five_hour',
    'anthropic-ratelimit-unified-reset': reset,
    'anthropic-ratelimit-unified-5h-status': 'rejected',
    'anthropic-ratelimit-unified-5h-reset': reset,
    'anthropic-ratelimit-unified-5h-utilization': '1',
    'anthropic-ratelimit-unified-overage-status': 'rejected',
    'retry-after': String(seconds),
    'x-should-retry': 'false',
  };
}

/** Ends a response with an error in the form of Anthropic's API. */
export function sendError(response: ServerResponse, status: number, more: ErrorDetails = {}): void {
  const [type, usual] = errorTypes[status] ?? ['api_error', 'Internal server error'];
  const error = { type, message: more.message ?? usual };
  const retry = more.retryAfterSeconds === undefined ? {} : { 'retry-after': String(more.retryAfterSeconds) };
  const limit = more.limitSeconds === undefined ? {} : limitHeaders(more.limitSeconds);
  sendJson(response, status, { type: 'error', error }, { ...retry, ...limit });
}
