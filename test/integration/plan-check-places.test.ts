import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNetraPlace, type NetraPlace } from '../support/netra.ts';

/** Wrong plans: their text, and what `netra plan check` says of them, with line and column. */
const wrong: readonly (readonly [name: string, text: readonly string[], says: readonly RegExp[]])[] = [
  [
    'a cycle',
    [
      'name: x',
      'instances:',
      '  - { name: a, prompt: x, dependsOn: [c] }',
      '  - { name: b, prompt: x, dependsOn: [a] }',
      '  - { name: c, prompt: x, dependsOn: [b] }',
    ],
    [/:4:39: .*wait for each other.*a → c → b → a/],
  ],
  [
    'an unknown dependency',
    ['name: x', 'instances:', '  - name: build', '    prompt: x', '    dependsOn: [biuld]'],
    [/:5:17: .*"?biuld"?/],
  ],
  [
    'an input that is not there',
    [
      'name: x',
      'inputs: { ticket: {} }',
      'instances:',
      '  - name: a',
      "    prompt: 'Fix {{ inputs.tiket }}'",
    ],
    [/:5:28: .*inputs has no tiket. Did you mean ticket\?/],
  ],
  [
    'a condition that does not parse',
    ['name: x', 'instances:', '  - name: a', '    prompt: x', "    when: '1 == '"],
    [/:5:11: /],
  ],
  [
    'a condition that is no condition',
    ['name: x', 'instances:', '  - name: a', '    prompt: x', "    when: '1 + 1'"],
    [/:5:11: .*true or false/],
  ],
  [
    'a condition that does not type',
    ['name: x', 'instances:', '  - name: a', '    prompt: x', `    when: '"a" + 1 == "b"'`],
    [/:5:12: .*string \+ number/],
  ],
  [
    'an instance that is no dependency',
    [
      'name: x',
      'instances:',
      '  - { name: a, prompt: x }',
      '  - name: b',
      "    prompt: '{{ instances.a.result }}'",
    ],
    [/:5:17: .*add it to dependsOn of "b"/],
  ],
  [
    'a fan-out over no list',
    ['name: x', 'instances:', '  - name: a', '    prompt: x', "    forEach: '{{ 1 + 1 }}'"],
    [/:5:14: .*list/],
  ],
  [
    'a start in the past',
    ['name: x', 'schedule: { startAt: 2020-01-31T02:00:00Z }', 'instances:', '  - { name: a, prompt: x }'],
    [/:2:22: .*past|:2:22: .*over|:2:22: .*still to come/],
  ],
  [
    'an unknown time zone',
    [
      'name: x',
      'schedule: { startAt: 2am, timeZone: Europe/Berln }',
      'instances:',
      '  - { name: a, prompt: x }',
    ],
    [/:2:37: .*Europe\/Berln/],
  ],
];

let place: NetraPlace;
let said: string;

beforeAll(async () => {
  place = await openNetraPlace();
  const files = wrong.map(([name]) => join(place.claude.root, `${name}.yaml`));
  for (const [index, [, text]] of wrong.entries()) await writeFile(files[index] ?? '', text.join('\n'));
  const { code, stdout } = await place.run(['plan', 'check', ...files]);
  expect(code).toBe(2);
  said = stdout;
});

afterAll(async () => {
  await place.close();
});

describe('netra plan check', () => {
  it.each(wrong)('says where there is %s', (name, _text, says) => {
    const lines = said.split('\n').filter((line) => line.includes(`${name}.yaml:`));
    for (const pattern of says) expect(lines.join('\n')).toMatch(pattern);
    expect(lines).toHaveLength(says.length);
  });

  it('lets nothing of them run', { timeout: 120_000 }, async () => {
    const before = place.api.requests().messages;
    const { code, stderr } = await place.run(['run', join(place.claude.root, 'a cycle.yaml')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/a cycle\.yaml:4:39: /);
    expect(place.api.requests().messages).toBe(before);
  });

  it('is not needed to find an input that was not given', { timeout: 120_000 }, async () => {
    const inputs = { ticket: { type: 'number' } };
    const file = await place.plan('asks', [{ name: 'a', prompt: '{{ inputs.ticket }}' }], { inputs });
    const without = await place.run(['run', file]);
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('--input ticket=…')]);
    const wrongly = await place.run(['run', file, '--input', 'ticket=many']);
    expect([wrongly.code, wrongly.stderr]).toEqual([2, expect.stringMatching(/ticket.*number/)]);
  });
});
