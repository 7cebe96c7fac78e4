import { z } from 'zod';

/** The part of a Messages API request that decides what is played. */
const requestSchema = z.object({
  model: z.string().min(1),
  stream: z.boolean().optional(),
  messages: z
    .array(
      z.object({
        role: z.string(),
        content: z.union([z.string(), z.array(z.object({ type: z.string(), text: z.string().optional() }))]),
      }),
    )
    .min(1),
  metadata: z.object({ user_id: z.string().optional() }).optional(),
});

export type MessagesRequest = z.infer<typeof requestSchema>;

/** Where a request stands: whose it is, which prompt is being answered, and how far that answer is. */
export interface Conversation {
  /** The CLI's session id; subagents share it with the session that started them. */
  readonly session: string;
  /** Tells conversations (a main one, each subagent's) and the prompts in them apart. */
  readonly key: string;
  readonly firstPrompt: string;
  readonly prompt: string;
  /** Assistant messages since the prompt; the step of the scene that comes next. */
  readonly step: number;
  readonly messagesBefore: number;
}

/** The request in a body of JSON, or the reason why it is none. */
export function readRequest(
  body: string,
):
  | { readonly ok: true; readonly request: MessagesRequest }
  | { readonly ok: false; readonly problem: string } {
  try {
    const result = requestSchema.safeParse(JSON.parse(body));
    return result.success
      ? { ok: true, request: result.data }
      : { ok: false, problem: z.prettifyError(result.error) };
  } catch (error) {
    return { ok: false, problem: `The body is not JSON: ${String(error)}` };
  }
}

/**
 * Finds a request's place in its conversation. A prompt is a user message with text that a person (or, for a
 * subagent, the session that started it) wrote; reminders, notifications and notes of the CLI itself are none.
 *
 * @param sessionHeader the value of the CLI's `x-claude-code-session-id` header, where it sent one
 */
export function readConversation(request: MessagesRequest, sessionHeader?: string): Conversation {
  const prompts: { readonly texts: readonly string[]; readonly text: string; readonly index: number }[] = [];
  request.messages.forEach((message, index) => {
    const texts = message.role === 'user' ? promptsOf(message.content) : [];
    if (texts.length > 0) prompts.push({ texts, text: texts.join('\n'), index });
  });
  const firstPrompt = prompts[0]?.text ?? '';
  const last = prompts.at(-1) ?? { texts: [], text: '', index: 0 };
  const session = sessionHeader ?? sessionOfUser(request.metadata?.user_id) ?? 'unknown';
  return {
    session,
    // A prompt that was never answered comes again together with the one after it: it is the same one all the same.
    key: [session, prompts[0]?.texts[0] ?? '', last.index].join('\n'),
    firstPrompt,
    prompt: last.text,
    step: assistantMessages(request, last.index),
    messagesBefore: assistantMessages(request, 0),
  };
}

function assistantMessages(request: MessagesRequest, from: number): number {
  return request.messages.slice(from).filter((message) => message.role === 'assistant').length;
}

function promptsOf(content: MessagesRequest['messages'][number]['content']): readonly string[] {
  const texts = typeof content === 'string' ? [content] : content.map((block) => block.text ?? '');
  return texts
    .map((text) => text.replaceAll(/<(system-reminder|task-notification)>[^]*?<\/\1>/g, '').trim())
    .filter((text) => text !== '' && !isNoteOfTheCli(text));
}

function isNoteOfTheCli(text: string): boolean {
  return /^(\[Request interrupted|\[structured-output-enforce\]|\[SYSTEM NOTIFICATION|Caveat: )/.test(text);
}

function sessionOfUser(userId: string | undefined): string | undefined {
  return userId?.match(/session_(?:id":")?([0-9a-f-]{36})/)?.[1];
}
