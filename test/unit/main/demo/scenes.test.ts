import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asksForTool } from '../../../../src/main/demo/scene.ts';
import { demoScenes } from '../../../../src/main/demo/scenes/index.ts';
import { parsePlan } from '../../../../src/shared/domain/plan/plan-parse.ts';

const demo = join(import.meta.dirname, '../../../../resources/demo');

describe.each([...demoScenes])('the scene %s', (_, scene) => {
  it('ends with words, or fails before it would', () => {
    const last = scene.turns.at(-1);
    expect(last).toBeDefined();
    if (scene.failure?.kind === 'status' && scene.failure.status === 529) return;
    expect(last && asksForTool(last)).toBe(false);
  });

  it('reads and edits only what is in the sample project', async () => {
    for (const block of scene.turns.flatMap((turn) => turn.blocks)) {
      if (block.type !== 'tool_use' || (block.name !== 'Read' && block.name !== 'Edit')) continue;
      const { file_path: path, old_string: old } = block.input;
      expect(path).toBeTypeOf('string');
      const text = await readFile(join(demo, 'workspace', String(path)), 'utf8');
      if (typeof old === 'string') expect(text.split(old)).toHaveLength(2);
    }
  });
});

describe('the sample plan', () => {
  it('calls five scenes, each of which there is', async () => {
    const plan = await readFile(join(demo, 'plan.yaml'), 'utf8');
    const called = [...plan.matchAll(/SCENE=([a-z-]+)/g)].map((match) => match[1] ?? '');
    expect(called).toHaveLength(5);
    for (const name of called) expect([...demoScenes.keys()]).toContain(name);
  });

  it('is a plan without a problem or a warning', async () => {
    const plan = parsePlan(await readFile(join(demo, 'plan.yaml'), 'utf8'));
    expect(plan).toMatchObject({ ok: true, warnings: [] });
  });
});
