import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sceneOfPrompt } from '../../../../src/main/demo/directives.ts';
import { turnAt, type Scene } from '../../../../src/main/demo/scene.ts';

function textOf(scene: Scene): string {
  const last = scene.turns.at(-1)?.blocks.at(-1);
  return last?.type === 'text' ? last.text : '';
}

describe('the script language', () => {
  it('answers a prompt without directives with eight words', () => {
    expect(textOf(sceneOfPrompt('Hello. How are you TODAY?')).split(' ')).toHaveLength(8);
  });

  it('chooses the text by WORDS or SAY', () => {
    expect(textOf(sceneOfPrompt('say WORDS=3 please'))).toBe('word0 word1 word2');
    expect(textOf(sceneOfPrompt('SAY="a \\"quoted\\" text"'))).toBe('a "quoted" text');
  });

  it('makes a turn of each step, in the order TOOL and CALL, STEPS, TASK, text', () => {
    const scene = sceneOfPrompt(
      'TASK STEPS=1\nTOOL=touch a b\nCALL={"name":"Read","input":{"file_path":"x"}}\nWORDS=1',
    );
    expect(scene.turns.map((turn) => turn.blocks)).toEqual([
      [{ type: 'tool_use', name: 'Bash', input: { command: 'touch a b', description: 'step 0' } }],
      [{ type: 'tool_use', name: 'Read', input: { file_path: 'x' } }],
      [{ type: 'tool_use', name: 'Bash', input: { command: 'echo step 0', description: 'step 0' } }],
      [expect.objectContaining({ name: 'Agent' })],
      [{ type: 'text', text: 'word0' }],
    ]);
  });

  it('asks the person, shows a plan and gives a structured result', () => {
    const scene = sceneOfPrompt('ASK="Which one?" PLANMODE="1. Go"\nRESULT={"count":3}');
    const calls = scene.turns.flatMap(({ blocks }) => blocks.filter((block) => block.type === 'tool_use'));
    expect(calls.map(({ name, input }) => [name, input])).toMatchObject([
      ['ExitPlanMode', { plan: '1. Go' }],
      ['AskUserQuestion', { questions: [{ question: 'Which one?' }] }],
      ['StructuredOutput', { count: 3 }],
    ]);
    expect(textOf(sceneOfPrompt('RESULT=[1]'))).not.toBe('');
  });

  it('meets a usage limit', () => {
    expect(sceneOfPrompt('LIMIT=60 LIMITTIMES=1').failure).toEqual({
      ...{ kind: 'status', status: 429, times: 1, limitSeconds: 60 },
    });
  });

  it('hands a subagent its own prompt', () => {
    const [turn] = sceneOfPrompt('TASK=foreground SUB="WORDS=4 SLOW=1" WORDS=2').turns;
    expect(turn?.blocks[0]).toMatchObject({ input: { prompt: 'WORDS=4 SLOW=1', run_in_background: false } });
  });

  it('thinks before the text', () => {
    const blocks = sceneOfPrompt('THINK=2 WORDS=1').turns[0]?.blocks;
    expect(blocks?.map((block) => block.type)).toEqual(['thinking', 'text']);
  });

  it('sets the pace of every turn', () => {
    const paces = sceneOfPrompt('SLOW=50 WAIT=7 STEPS=1').turns.map(({ deltaMs, waitMs }) => [
      deltaMs,
      waitMs,
    ]);
    expect(paces).toEqual([
      [50, 7],
      [50, 7],
    ]);
  });

  it.each([
    ['FAIL429=2', { kind: 'status', status: 429, times: 2 }],
    ['FAIL429=1 RETRYAFTER=3', { kind: 'status', status: 429, times: 1, retryAfterSeconds: 3 }],
    ['FAIL401', { kind: 'status', status: 401, times: Number.MAX_SAFE_INTEGER }],
    ['DIE=1', { kind: 'cut', times: 1 }],
    ['DIE', { kind: 'cut', times: Number.MAX_SAFE_INTEGER }],
  ])('fails on %s', (prompt, failure) => {
    expect(sceneOfPrompt(`${prompt} WORDS=2`).failure).toMatchObject(failure);
  });

  it('says what is wrong with a CALL that is not one', () => {
    expect(JSON.stringify(sceneOfPrompt('CALL={"name":1}').turns)).toContain('CALL is not');
  });

  it('plays the named scenes of the demo', () => {
    expect(sceneOfPrompt('Explain this.\nSCENE=explore').key).toBe('explore');
    expect(sceneOfPrompt('SCENE=unheard-of WORDS=2').key).toBe('script');
  });

  it('never throws, and always ends in a turn', () => {
    const word = fc.constantFrom(
      'WORDS=',
      'TOOL=',
      'CALL={',
      'SAY="',
      'FAIL999',
      'DIE=',
      'TASK',
      '=',
      '"',
      '\n',
    );
    const prompt = fc.array(fc.oneof(word, fc.string())).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(prompt, (text) => {
        expect(sceneOfPrompt(text).turns.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('a scene that is over', () => {
  it('answers with one short line and asks for no tool', () => {
    expect(turnAt(sceneOfPrompt('WORDS=1'), 99).blocks.map((block) => block.type)).toEqual(['text']);
  });
});
