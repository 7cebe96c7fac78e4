import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../../../src/shared/domain/plan/plan-parse.ts';
import type { InstanceSpec } from '../../../../../src/shared/domain/plan/plan-spec.ts';
import { filesOfCheck, filesOfSpec, renderSpec } from '../../../../../src/shared/domain/plan/render-spec.ts';
import { buildScope } from '../../../../../src/shared/domain/expression/scope.ts';
import {
  checkShellTemplate,
  renderShell,
} from '../../../../../src/shared/domain/expression/shell-template.ts';

const bare: InstanceSpec = {
  name: 'fix',
  prompt: 'Fix it.',
  workspace: '/shop',
  allowedTools: [],
  disallowedTools: [],
  addDirs: [],
  env: {},
  mode: 'live',
  outputFormat: 'stream-json',
};
const options = { shell: 'posix', longValue: 100 } as const;
const withText = (text: string) => buildScope({ inputs: { text } });

const rendered = (spec: Partial<InstanceSpec>, text: string): InstanceSpec =>
  renderSpec({ ...bare, ...spec }, withText(text), options).withFiles([]);

describe('renderSpec', () => {
  it('fills in every text that an instance starts with', () => {
    const t = '{{ inputs.text }}';
    expect(
      rendered(
        {
          prompt: `Do ${t}`,
          appendSystemPrompt: t,
          before: [`/a ${t}`],
          workspace: `/w/${t}`,
          workspaceSpec: { kind: 'worktree', path: `/w/${t}`, base: t, keep: 'never', setup: [`echo ${t}`] },
          addDirs: [`/d/${t}`],
          env: { A: `<${t}>` },
          model: t,
          fallbackModel: t,
        },
        'x1',
      ),
    ).toMatchObject({
      prompt: 'Do x1',
      appendSystemPrompt: 'x1',
      before: ['/a x1'],
      workspace: '/w/x1',
      workspaceSpec: { path: '/w/x1', base: 'x1', setup: ['netra_1=\'x1\'\necho "${netra_1}"'] },
      addDirs: ['/d/x1'],
      env: { A: '<x1>' },
      model: 'x1',
      fallbackModel: 'x1',
    });
  });

  it('leaves a spec without templates as it is', () => {
    expect(renderSpec(bare, withText('x'), options).withFiles([])).toEqual(bare);
  });

  it('puts a long value into a file that the prompt names and Claude may read', () => {
    const long = 'x'.repeat(101);
    const prompt = 'Sum up {{ inputs.text }} and {{ inputs.text }} and {{ [inputs.text] }}.';
    const step = renderSpec({ ...bare, prompt }, withText(long), options);
    expect(step.longValues).toEqual([
      { name: 'value-1.txt', text: long },
      { name: 'value-2.json', text: JSON.stringify([long]) },
    ]);
    expect(step.withFiles(['/kept/i1/value-1.txt', '/kept/i1/value-2.json'])).toMatchObject({
      prompt:
        'Sum up (see the file /kept/i1/value-1.txt) and (see the file /kept/i1/value-1.txt) and (see the file /kept/i1/value-2.json).',
      addDirs: ['/kept/i1'],
    });
  });

  it.each<[string, Partial<InstanceSpec>, string]>([
    ['a model that would be an option', { model: '{{ inputs.text }}' }, '--dangerously-skip-permissions'],
    ['a model of two words', { model: '{{ inputs.text }}' }, 'opus --verbose'],
    ['an empty workspace', { workspace: '{{ inputs.text }}' }, ' '],
    ['a folder that would be an option', { addDirs: ['{{ inputs.text }}'] }, '-x'],
    ['a zero byte in env', { env: { A: '{{ inputs.text }}' } }, 'a\0b'],
    ['a prompt that data would make a slash command', { prompt: '{{ inputs.text }} now' }, '/clear'],
    ['a prompt of nothing', { prompt: ' {{ inputs.text }}' }, ''],
  ])('refuses %s', (_, spec, text) => {
    expect(() => rendered(spec, text)).toThrow(/comes to|begin|zero byte/);
  });

  it('lets a slash command of the plan take data', () => {
    expect(rendered({ prompt: '/fix {{ inputs.text }}' }, 'a; b').prompt).toBe('/fix a; b');
  });
});

describe('filesOfSpec', () => {
  it('names the files of what an instance starts with, and those of its check apart', () => {
    const spec: InstanceSpec = {
      ...bare,
      prompt: '{{ file("a") }}',
      env: { A: '{{ file("b") }}' },
      check: { kind: 'condition', when: 'file("c") == ""' },
      loop: { rounds: 2, prompt: '{{ file("d") }}' },
    };
    expect(filesOfSpec(spec)).toEqual(['a', 'b']);
    expect(filesOfCheck(spec)).toEqual(['c', 'd']);
  });
});

const run = promisify(execFile);
const outputOf = async (command: string): Promise<string> => {
  const { stdout } = await run('/bin/sh', ['-c', command], { env: {} });
  return stdout;
};

describe.skipIf(process.platform === 'win32')('renderShell for sh', () => {
  const nasty = [
    "'; echo hacked; '",
    '$(echo hacked)',
    '`echo hacked`',
    '"; echo hacked; "',
    'a\nb\\',
    '\\',
    '*',
    '-n',
    '${HOME}',
    '# x',
    "it's",
  ];

  it.each(nasty)('hands %j on as it is, bare, in quotes and in $( )', async (text) => {
    for (const command of [
      'printf %s {{ inputs.text }}',
      'printf %s "{{ inputs.text }}"',
      'printf %s "$(printf %s. {{ inputs.text }})"',
      'printf %s "$(printf %s. "{{ inputs.text }}")"',
    ]) {
      const expected = command.includes('$(') ? `${text}.` : text;
      expect(await outputOf(renderShell(command, withText(text), 'posix'))).toBe(expected);
    }
  });

  it('hands any text on as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        fc.pre(!text.includes('\0'));
        expect(await outputOf(renderShell('printf %s {{ inputs.text }}', withText(text), 'posix'))).toBe(
          text,
        );
      }),
      { numRuns: 25 },
    );
  });

  it('refuses a template in single quotes, which the shell would not fill in', () => {
    const shape = { inputs: { text: 'string' as const }, instances: {}, variables: [] };
    const command = `echo "it's" 'a {{ inputs.text }}'`;
    expect(() => renderShell(command, withText('x'), 'posix')).toThrow(/single quotes/);
    expect(checkShellTemplate(command, shape)).toMatchObject({ ok: false });
    expect(checkShellTemplate("# it's\necho {{ inputs.text }}", shape)).toMatchObject({ ok: true });
  });

  it('refuses what no command can take', () => {
    expect(() => renderShell('echo {{ inputs.text }}', withText('a\0b'), 'posix')).toThrow(/zero byte/);
    expect(() => renderShell('echo {{ inputs.text }}', withText('a'.repeat(100_001)), 'posix')).toThrow(
      /read a file/,
    );
  });
});

describe('renderShell for Windows', () => {
  it('takes plain words only', () => {
    expect(renderShell('type {{ inputs.text }}', withText('C:\\a\\b.txt'), 'windows')).toBe(
      'type C:\\a\\b.txt',
    );
    for (const text of ['a b', 'a&b', '%PATH%', 'a"b', 'a^b', '', 'a\nb']) {
      expect(() => renderShell('type {{ inputs.text }}', withText(text), 'windows')).toThrow(/On Windows/);
    }
  });
});

describe('the check of a plan', () => {
  const wrong = [
    `check: "test '{{ orchestration.name }}'"`,
    `workspace: { worktree: ., setup: ["echo '{{ orchestration.name }}'"] }`,
    `when: file("a.md") == ""`,
  ];

  it.each(wrong)('tells what could not be filled in: %s', (line) => {
    const text = `name: n\ninstances:\n  - name: a\n    prompt: b\n    ${line}\n`;
    expect(parsePlan(text)).toMatchObject({ ok: false, problems: [{ code: 'plan.expression', line: 5 }] });
  });
});

describe('A command that is nothing but an input', () => {
  it('is what was given, with all that a shell reads in it', () => {
    for (const shell of ['posix', 'windows'] as const) {
      const command = renderShell(' {{ inputs.text }} ', withText('npm test && echo "a b"'), shell);
      expect(command.trim()).toBe('npm test && echo "a b"');
    }
  });

  it('is not one when anything else stands in it, or when it is no input', () => {
    const value = 'npm test';
    expect(renderShell('time {{ inputs.text }}', withText(value), 'posix')).toContain('"${netra_1}"');
    expect(renderShell('{{ inputs.text + "" }}', withText(value), 'posix')).toContain('"${netra_1}"');
    const check = buildScope({ inputs: {}, check: { output: value, exitCode: 1 } });
    expect(renderShell('{{ check.output }}', check, 'posix')).toContain('"${netra_1}"');
  });
});
