import type { EngineClient } from '../../../shared/contract/contract.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import { requestFailure } from '../request-failure.ts';
import { questionsOf, typeKey, type Prompt, type PromptAnswer, type Question } from './question-prompt.ts';
import type { Streams } from './streams.ts';
import { printable } from './terminal-text.ts';

/** Sees to the permission prompts of the instances that are watched. */
export interface Answers {
  /** The instances as they stand. */
  take(instances: readonly InstanceView[]): void;
  /** What the person is asked now, and how many prompts wait behind it. */
  prompt(): { readonly prompt: Prompt; readonly waiting: number } | null;
  close(): void;
}

type Send = (question: Question, answer: PromptAnswer) => void;

const sender =
  (client: () => EngineClient, say: (line: string) => void): Send =>
  ({ instanceId, instance, question }, answer) => {
    client()
      .instances.answer({ id: instanceId, requestId: question.requestId, ...answer })
      .catch((error: unknown) => {
        const failure = requestFailure(error);
        // Somebody else was faster.
        if (failure?.code === 'permission.unknown') return;
        say(`netra: ${printable(instance)} did not get its answer: ${failure?.message ?? String(error)}`);
      });
  };

const noTerminal =
  'Denied: this run has no terminal at which somebody could be asked. Allow the tool in the plan (allowedTools, permissionMode).';

/** Denies each prompt at once and says so: nobody is there to be asked. */
export const denyAll = (client: () => EngineClient, say: (line: string) => void): Answers => {
  const send = sender(client, say);
  const seen = new Set<string>();
  return {
    take: (instances) => {
      for (const asked of questionsOf(instances)) {
        const { requestId, toolName } = asked.question;
        if (seen.has(requestId)) continue;
        seen.add(requestId);
        say(
          `netra: denied ${printable(toolName)} to "${printable(asked.instance)}": there is no terminal to ask at. ` +
            'Allow it in the plan (allowedTools, permissionMode).',
        );
        send(asked, { decision: 'deny', message: noTerminal });
      }
    },
    prompt: () => null,
    close: () => undefined,
  };
};

/** Leaves prompts to somebody else, such as the console. */
export const leaveAll: Answers = { take: () => undefined, prompt: () => null, close: () => undefined };

const interruptKey = '\u0003';

/** Asks at the terminal, one prompt after the other. `onChange` is called when another line is to be shown. */
export const askAtTerminal = (
  client: () => EngineClient,
  { stdin, say }: Pick<Streams, 'stdin' | 'say'>,
  on: { readonly change: () => void; readonly interrupt: () => void },
): Answers => {
  const send = sender(client, say);
  const sent = new Set<string>();
  let open: readonly Question[] = [];
  let prompt: Prompt | null = null;

  const listen = (wanted: boolean): void => {
    if (stdin.isRaw === wanted) return;
    stdin.setRawMode(wanted);
    if (wanted) stdin.setEncoding('utf8').on('data', onData).resume();
    else stdin.off('data', onData).pause();
  };
  const show = (): void => {
    const [first] = open;
    if (first === undefined) prompt = null;
    else if (prompt?.asked.question.requestId !== first.question.requestId) {
      prompt = { kind: 'choose', asked: first };
    }
    listen(prompt !== null);
    on.change();
  };
  const onKey = (key: string): void => {
    if (key === interruptKey) {
      on.interrupt();
      return;
    }
    if (prompt === null) return;
    const { asked } = prompt;
    const typed = typeKey(prompt, key);
    prompt = typed.prompt;
    if (typed.answer !== null) {
      sent.add(asked.question.requestId);
      send(asked, typed.answer);
      open = open.filter((each) => each !== asked);
    }
    show();
  };
  const onData = (text: string): void => {
    for (const key of text) onKey(key);
  };
  return {
    take: (instances) => {
      open = questionsOf(instances).filter(({ question }) => !sent.has(question.requestId));
      show();
    },
    prompt: () => (prompt === null ? null : { prompt, waiting: open.length - 1 }),
    close: () => {
      prompt = null;
      listen(false);
    },
  };
};
