import type { EngineClient } from '../../../shared/contract/contract.ts';
import type { InboxAnswer } from '../../../shared/contract/inbox.ts';
import { millisecondsBetween } from '../../../shared/domain/ids.ts';
import type { InboxItem } from '../../../shared/domain/inbox.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import { PLAN_PERMISSION_DEFAULTS } from '../../../shared/domain/permission/permission-policy.ts';
import { requestFailure } from '../request-failure.ts';
import { freshPrompt, itemsOf, typeKey, type Prompt } from './question-prompt.ts';
import type { Streams } from './streams.ts';
import { printable } from './terminal-text.ts';

/** Sees to what the instances that are watched ask a person. */
export interface Answers {
  /** The instances as they stand. */
  take(instances: readonly InstanceView[]): void;
  /** What others ask in the same engine, who have no terminal of their own. */
  takeOthers(items: readonly InboxItem[]): void;
  /** What the person is asked now, and how many items wait behind it. */
  prompt(): { readonly prompt: Prompt; readonly waiting: number } | null;
  close(): void;
}

type Send = (item: InboxItem, answer: InboxAnswer) => Promise<boolean>;

/** Sends answers; true when one counted. */
const sender =
  (client: () => EngineClient, say: (line: string) => void): Send =>
  async (item, answer) => {
    try {
      await client().inbox.answer({ itemId: item.id, answer });
      return true;
    } catch (error) {
      const failure = requestFailure(error);
      // Somebody else was faster, or a rule.
      if (failure?.code === 'inbox.answered') return false;
      const who = printable(item.instance);
      say(`netra: ${who} did not get its answer: ${failure?.message ?? String(error)}`);
      return false;
    }
  };

/** The same folder or budget may be asked about again later. */
const askedOnce = ({ id, askedAt }: InboxItem): string => `${id} ${askedAt}`;

const noTerminal =
  'Denied: this run has no terminal at which somebody could be asked. Allow the tool in the plan (allowedTools, permissions, permissionMode).';

/** What is said and answered where nobody can be asked; null: it is left to others. */
const refusalOf = (item: InboxItem): { readonly answer: InboxAnswer; readonly said: string } | null => {
  const who = printable(item.instance);
  switch (item.kind) {
    case 'permission':
      return {
        answer: { kind: 'deny', message: noTerminal },
        said:
          `denied ${printable(item.toolName)} to "${who}": there is no terminal to ask at. ` +
          'Allow it in the plan (allowedTools, permissions, permissionMode).',
      };
    case 'question':
    case 'plan':
      return {
        answer: { kind: 'deny', message: 'Nobody can be asked. Decide yourself, and say what you decided.' },
        said: `"${who}" has a question, and there is no terminal to ask at: it was told to decide itself.`,
      };
    case 'trust':
      return {
        answer: { kind: 'trust', trusted: false },
        said:
          `the folder ${printable(item.folder)} was never used, and there is no terminal to ask at. Trust it first, by ` +
          `\`netra trust ${printable(item.folder)}\`, or run it with --trust.`,
      };
    case 'budget':
      return null;
    case 'sign_in':
      return null;
  }
};

/** True when the plan itself says what becomes of a prompt that nobody answers. */
const hasOwnPolicy = ({ askedAt, answeredAutomatically }: InboxItem): boolean =>
  answeredAutomatically !== null &&
  (answeredAutomatically.decision !== PLAN_PERMISSION_DEFAULTS.afterWait ||
    millisecondsBetween(askedAt, answeredAutomatically.at) !== PLAN_PERMISSION_DEFAULTS.afterWaitMs);

/** Denies each prompt at once and says so, where the plan says nothing else: nobody is there to be asked. */
export const denyAll = (client: () => EngineClient, say: (line: string) => void): Answers => {
  const send = sender(client, say);
  const seen = new Set<string>();
  const deny = async (id: string): Promise<void> => {
    const item = (await client().inbox.list()).find((each) => each.id === id);
    if (item === undefined) return; // A rule has answered it.
    const refusal = hasOwnPolicy(item) ? null : refusalOf(item);
    if (refusal === null) {
      const who = printable(item.instance);
      say(
        `netra: "${who}" waits: ${printable(item.waitsFor)} \`netra inbox\` shows it, \`netra answer\` answers.`,
      );
    } else if (await send(item, refusal.answer)) say(`netra: ${refusal.said}`);
  };
  return {
    take: (instances) => {
      for (const item of itemsOf(instances)) {
        if (seen.has(askedOnce(item))) continue;
        seen.add(askedOnce(item));
        deny(item.id).catch((error: unknown) => {
          say(`netra: ${printable(item.instance)} did not get its answer: ${String(error)}`);
        });
      }
    },
    takeOthers: () => undefined,
    prompt: () => null,
    close: () => undefined,
  };
};

/** Leaves prompts to somebody else, such as the console. */
export const leaveAll: Answers = {
  take: () => undefined,
  takeOthers: () => undefined,
  prompt: () => null,
  close: () => undefined,
};

const interruptKey = '\u0003';

/** What waits for an answer: what is watched asks first, then others; what was answered is left out. */
const createOpenItems = () => {
  let own: readonly InboxItem[] = [];
  let others: readonly InboxItem[] = [];
  const answered = new Set<string>();
  return {
    takeOwn: (items: readonly InboxItem[]): void => {
      own = items;
    },
    takeOthers: (items: readonly InboxItem[]): void => {
      others = items;
    },
    /** It is answered; what could not be told, for the engine that asked is gone, comes up again and is asked again. */
    answered: (item: InboxItem, counts: Promise<boolean>): void => {
      const asked = askedOnce(item);
      answered.add(asked);
      void counts.then((counted) => counted || answered.delete(asked));
    },
    list: (): readonly InboxItem[] => {
      const ids = new Set(own.map(({ id }) => id));
      const all = [...own, ...others.filter(({ id }) => !ids.has(id))];
      return all.filter((item) => !answered.has(askedOnce(item)));
    },
  };
};

/** Asks at the terminal, one prompt after the other. `onChange` is called when another line is to be shown. */
export const askAtTerminal = (
  client: () => EngineClient,
  { stdin, say }: Pick<Streams, 'stdin' | 'say'>,
  on: { readonly change: () => void; readonly interrupt: () => void },
): Answers => {
  const send = sender(client, say);
  const open = createOpenItems();
  let prompt: Prompt | null = null;

  const listen = (wanted: boolean): void => {
    if (stdin.isRaw === wanted) return;
    stdin.setRawMode(wanted);
    if (wanted) stdin.setEncoding('utf8').on('data', onData).resume();
    else stdin.off('data', onData).pause();
  };
  const show = (): void => {
    const [first] = open.list();
    if (first === undefined) prompt = null;
    else if (prompt?.item.id !== first.id) prompt = freshPrompt(first);
    listen(prompt !== null);
    on.change();
  };
  const onKey = (key: string): void => {
    if (key === interruptKey) {
      on.interrupt();
      return;
    }
    if (prompt === null) return;
    const { item } = prompt;
    const typed = typeKey(prompt, key);
    prompt = typed.prompt;
    if (typed.answer !== null) {
      open.answered(item, send(item, typed.answer));
      prompt = null;
    }
    show();
  };
  const onData = (text: string): void => {
    const before = prompt?.item;
    for (const key of text) {
      onKey(key);
      // What was typed ahead was not meant for the next one.
      if (prompt?.item !== before) return;
    }
  };
  return {
    take: (instances) => {
      open.takeOwn(itemsOf(instances));
      show();
    },
    takeOthers: (items) => {
      open.takeOthers(items);
      show();
    },
    prompt: () => (prompt === null ? null : { prompt, waiting: open.list().length - 1 }),
    close: () => {
      prompt = null;
      listen(false);
    },
  };
};
