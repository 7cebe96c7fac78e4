import type { Scene, SceneBlock, SceneFailure, SceneTurn } from './scene.ts';
import { demoScenes } from './scenes/index.ts';

/*
 * The script language: words in a prompt that say what the API shall answer. All are optional and may stand
 * anywhere in the prompt; a value with spaces is quoted ("…", with \" for a quote) or, for TOOL and CALL, runs
 * to the end of its line.
 *
 *   SCENE=name        play a scene of the demo; nothing else of this list is read then
 *   WORDS=12          the closing text has that many words (default 8)   SAY="…"  or exactly this text
 *   THINK  THINK=20   a thinking block of that many words comes first (default 12)
 *   STEPS=5           that many Bash steps before the closing text
 *   TOOL=touch x      one Bash step with this command; may be repeated
 *   CALL={"name":"Read","input":{"file_path":"a"}}   one step with any tool; may be repeated
 *   ASK  ASK="Which one?"   one step that puts a question to the person, with the options Red and Blue (a second one
 *                     with several choices when ASK=2)
 *   PLANMODE="1. …"   one step that asks for approval of a plan, as Claude does at the end of plan mode
 *   RESULT={"a":1}    the last step gives this as the structured result (to the end of its line)
 *   TASK  TASK=foreground   one step that starts a subagent   SUB="WORDS=4"  the subagent's prompt
 *   SLOW=50           milliseconds before each delta          WAIT=500  milliseconds before each message
 *   FAIL429=2         the first two requests get that HTTP status (400 to 599); without a number, all of them
 *   LIMIT=60          every request gets a 429 that says: the usage limit resets in 60 s   LIMITTIMES=1  or only that many
 *   RETRYAFTER=1      the retry-after header of such answers, in seconds
 *   DIE  DIE=1        the connection is cut in mid-message: each time, or that many times
 */

const always = Number.MAX_SAFE_INTEGER;
const pattern = /(?:^|\s)(FAIL[45]\d\d|[A-Z]+)(?:=("(?:[^"\\]|\\.)*"|\S+))?(?=\s|$)/g;

interface Directives {
  readonly words: ReadonlyMap<string, string>;
  readonly steps: readonly SceneBlock[];
}

/** The scene that a prompt asks for. A prompt without any directive is answered with a short text. Never throws. */
export function sceneOfPrompt(prompt: string): Scene {
  const directives = readDirectives(prompt);
  const named = demoScenes.get(directives.words.get('SCENE') ?? '');
  if (named) return named;
  const failure = failureOf(directives.words);
  const turns = turnsOf(directives);
  return failure ? { key: 'script', turns, failure } : { key: 'script', turns };
}

function readDirectives(prompt: string): Directives {
  const words = new Map<string, string>();
  const steps: SceneBlock[] = [];
  for (const line of prompt.split('\n')) {
    const step = /(?:^|\s)(TOOL|CALL|RESULT)=(.+)$/.exec(line);
    const rest = step ? line.slice(0, step.index) : line;
    for (const [, name, value] of rest.matchAll(pattern)) if (name) words.set(name, unquoted(value ?? ''));
    if (step?.[1] === 'RESULT') words.set('RESULT', step[2] ?? '');
    else if (step?.[2]) steps.push(step[1] === 'TOOL' ? bash(step[2], steps.length) : call(step[2]));
  }
  return { words, steps };
}

function turnsOf({ words, steps }: Directives): readonly SceneTurn[] {
  const blocks = [
    ...planStep(words),
    ...askStep(words),
    ...steps,
    ...plainSteps(count(words, 'STEPS', 0)),
    ...subagentStep(words),
    ...resultStep(words),
  ];
  const pace = { deltaMs: count(words, 'SLOW', 0), waitMs: count(words, 'WAIT', 0) };
  const last: SceneTurn = {
    ...pace,
    blocks: [...thinking(words), { type: 'text', text: closingText(words) }],
  };
  return [...blocks.map((block) => ({ ...pace, blocks: [block] })), last];
}

function plainSteps(steps: number): readonly SceneBlock[] {
  return Array.from({ length: steps }, (_, index) => bash(`echo step ${index}`, index));
}

const colors = [
  { label: 'Red', description: 'The warm one' },
  { label: 'Blue', description: 'The cold one' },
];

function askStep(words: ReadonlyMap<string, string>): readonly SceneBlock[] {
  const asked = words.get('ASK');
  if (asked === undefined) return [];
  const question = asked === '' || asked === '2' ? 'Which color?' : asked;
  const first = { question, header: 'Color', options: colors, multiSelect: false };
  const second = { question: 'Which ones too?', header: 'More', options: colors, multiSelect: true };
  const questions = asked === '2' ? [first, second] : [first];
  return [{ type: 'tool_use', name: 'AskUserQuestion', input: { questions } }];
}

function planStep(words: ReadonlyMap<string, string>): readonly SceneBlock[] {
  const plan = words.get('PLANMODE');
  if (plan === undefined) return [];
  return [{ type: 'tool_use', name: 'ExitPlanMode', input: { plan: plan === '' ? '1. Do it.' : plan } }];
}

function resultStep(words: ReadonlyMap<string, string>): readonly SceneBlock[] {
  const json = words.get('RESULT');
  if (json === undefined) return [];
  const input = parsed(json);
  if (input === undefined) return [{ type: 'text', text: `RESULT is no JSON object: ${json}` }];
  return [{ type: 'tool_use', name: 'StructuredOutput', input }];
}

function subagentStep(words: ReadonlyMap<string, string>): readonly SceneBlock[] {
  const mode = words.get('TASK');
  if (mode === undefined) return [];
  const input = {
    description: 'sub work',
    prompt: words.get('SUB') ?? 'WORDS=8',
    subagent_type: 'general-purpose',
  };
  const foreground = mode === 'foreground' ? { run_in_background: false } : {};
  return [{ type: 'tool_use', name: 'Agent', input: { ...input, ...foreground } }];
}

function thinking(words: ReadonlyMap<string, string>): readonly SceneBlock[] {
  return words.has('THINK')
    ? [{ type: 'thinking', text: numbered('thought', count(words, 'THINK', 12)) }]
    : [];
}

function closingText(words: ReadonlyMap<string, string>): string {
  return words.get('SAY') ?? numbered('word', count(words, 'WORDS', 8));
}

function failureOf(words: ReadonlyMap<string, string>): SceneFailure | undefined {
  if (words.has('DIE')) return { kind: 'cut', afterDeltas: 2, times: count(words, 'DIE', always) };
  if (words.has('LIMIT')) {
    const times = count(words, 'LIMITTIMES', always);
    return { kind: 'status', status: 429, times, limitSeconds: count(words, 'LIMIT', 60) };
  }
  const name = [...words.keys()].find((word) => word.startsWith('FAIL'));
  if (!name) return undefined;
  const failure = {
    kind: 'status',
    status: Number(name.slice(4)),
    times: count(words, name, always),
  } as const;
  const retryAfterSeconds = count(words, 'RETRYAFTER', 0);
  return retryAfterSeconds > 0 ? { ...failure, retryAfterSeconds } : failure;
}

function bash(command: string, index: number): SceneBlock {
  return {
    type: 'tool_use',
    name: 'Bash',
    input: { command: unquoted(command), description: `step ${index}` },
  };
}

function call(json: string): SceneBlock {
  const value = parsed(json);
  const input = value?.['input'];
  const name = value?.['name'];
  if (typeof name !== 'string' || !isRecord(input)) {
    return { type: 'text', text: `CALL is not {"name":…,"input":{…}}: ${json}` };
  }
  return { type: 'tool_use', name, input };
}

function parsed(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // the caller answers with the text of the mistake
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unquoted(value: string): string {
  return value.startsWith('"') && value.endsWith('"') && value.length > 1
    ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1')
    : value;
}

function count(words: ReadonlyMap<string, string>, name: string, otherwise: number): number {
  const value = words.get(name);
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : otherwise;
}

function numbered(word: string, length: number): string {
  return Array.from({ length }, (_, index) => `${word}${index}`).join(' ');
}
