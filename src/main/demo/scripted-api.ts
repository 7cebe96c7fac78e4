import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { bodyOf, sendError, sendJson } from './answers.ts';
import { readConversation, readRequest, type Conversation, type MessagesRequest } from './conversation.ts';
import { sceneOfPrompt } from './directives.ts';
import { figuresOf, tokensOf } from './figures.ts';
import { perform } from './performance.ts';
import { turnAt, type Scene, type SceneFailure } from './scene.ts';
import { createTally, type RequestCounts, type Tally, type Totals } from './tally.ts';

export interface ScriptedApiOptions {
  /** Where given, any other key is answered with 401; else every key is good. */
  readonly apiKey?: string;
  /** Factor on all pauses: 1 (the default) plays as written, 0 without any pause. */
  readonly pace?: number;
}

export interface ScriptedApi {
  /** `http://127.0.0.1:PORT`, for ANTHROPIC_BASE_URL. */
  readonly url: string;
  /** What was asked so far. */
  requests(): RequestCounts;
  /** What was served so far, to the token. */
  totals(): Totals;
  /** Breaks off what is being streamed and ends the server. May be called twice. */
  close(): Promise<void>;
}

interface Stage {
  readonly tally: Tally;
  /** How often each prompt has been asked, for scenes that fail at first. */
  readonly asked: Map<string, number>;
  readonly closing: AbortSignal;
  readonly apiKey: string | undefined;
  readonly pace: number;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Opens an HTTP server on loopback, on a free port, that speaks Anthropic's Messages API as Claude Code uses it
 * and answers by script: what it says is chosen by directives in the prompt (see `directives.ts`) or by a named
 * scene of the demo. It counts every token it serves. Close it.
 */
export async function openScriptedApi(options: ScriptedApiOptions = {}): Promise<ScriptedApi> {
  const closing = new AbortController();
  const tally = createTally();
  const { apiKey, pace = 1 } = options;
  const stage: Stage = { tally, asked: new Map(), closing: closing.signal, apiKey, pace };
  const server = createServer((request, response) => {
    handle(stage, { request, response }).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendError(response, 500, { message: error instanceof Error ? error.message : String(error) });
    });
  });
  const url = await listen(server);
  let closed: Promise<void> | undefined;
  return {
    url,
    requests: () => tally.requests(),
    totals: () => tally.totals(),
    close: () => {
      closing.abort();
      closed ??= end(server);
      return closed;
    },
  };
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('The server has no port.'));
      else resolve(`http://127.0.0.1:${String(address.port)}`);
    });
  });
}

function end(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

async function handle(stage: Stage, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const what = `${request.method ?? 'GET'} ${(request.url ?? '/').replace(/\?.*$/, '')}`;
  const body = await bodyOf(request);
  if (stage.apiKey !== undefined && request.method === 'POST' && keyOf(request) !== stage.apiKey) {
    stage.tally.refused();
    sendError(response, 401);
  } else if (what === 'POST /v1/messages') {
    stage.tally.message();
    await answerMessages(stage, exchange, body);
  } else {
    stage.tally.other(what);
    answerOther(what, response, body);
  }
}

function answerOther(what: string, response: ServerResponse, body: string): void {
  if (what === 'POST /v1/messages/count_tokens') sendJson(response, 200, { input_tokens: tokensOf(body) });
  else if (what === 'GET /v1/models') sendJson(response, 200, { data: [], has_more: false });
  else if (what === 'HEAD /' || what === 'GET /') response.writeHead(200).end();
  else sendError(response, 404, { message: `Nothing is played at ${what}.` });
}

async function answerMessages(stage: Stage, { request, response }: Exchange, body: string): Promise<void> {
  const read = readRequest(body);
  if (!read.ok) {
    stage.tally.failed();
    sendError(response, 400, { message: read.problem });
    return;
  }
  const messages = read.request;
  const conversation = readConversation(messages, headerOf(request, 'x-claude-code-session-id'));
  const scene = sceneOfPrompt(conversation.prompt);
  const failure = failureNow(stage, scene, conversation);
  if (failure?.kind === 'status') {
    stage.tally.failed();
    sendError(response, failure.status, failure);
    return;
  }
  await play(stage, response, { messages, conversation, scene, cut: failure });
}

interface Part {
  readonly messages: MessagesRequest;
  readonly conversation: Conversation;
  readonly scene: Scene;
  readonly cut: Extract<SceneFailure, { kind: 'cut' }> | undefined;
}

async function play(stage: Stage, response: ServerResponse, part: Part): Promise<void> {
  const { messages, conversation, scene, cut } = part;
  const { model } = messages;
  const turn = turnAt(scene, conversation.step);
  const figures = figuresOf(conversation, turn);
  const identity = { id: `msg_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`, model };
  const pieces = { turn, identity, figures, streamed: messages.stream === true, pace: stage.pace };
  const performance = cut ? { ...pieces, cutAfterDeltas: cut.afterDeltas } : pieces;
  const outcome = await perform(performance, response, stage.closing);
  const { session, prompt } = conversation;
  const served = { session, prompt, scene: scene.key, model, figures };
  if (outcome === 'whole') stage.tally.served(served);
  else if (outcome === 'cut') stage.tally.cut(served);
}

/** The failure that this request meets, if the scene has one and it has not been through all its times. */
function failureNow(stage: Stage, scene: Scene, conversation: Conversation): SceneFailure | undefined {
  const { failure } = scene;
  if (!failure || conversation.step < (failure.fromStep ?? 0)) return undefined;
  const before = stage.asked.get(conversation.key) ?? 0;
  stage.asked.set(conversation.key, before + 1);
  return before < failure.times ? failure : undefined;
}

function keyOf(request: IncomingMessage): string | undefined {
  return headerOf(request, 'x-api-key') ?? headerOf(request, 'authorization')?.replace(/^Bearer /, '');
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
