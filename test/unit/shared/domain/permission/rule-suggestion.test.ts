import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRule, ruleThatAllows } from '../../../../../src/shared/domain/permission/permission-rule.ts';
import { suggestRule } from '../../../../../src/shared/domain/permission/rule-suggestion.ts';

const workspace = '/home/mia/shop';
const suggested = (toolName: string, input: Readonly<Record<string, unknown>>, folder = workspace) =>
  suggestRule({ toolName, input, workspace: folder });

describe('the rule for "always in this workspace"', () => {
  it.each([
    ['git log --oneline', 'Bash(git log:*)'],
    ['npm test', 'Bash(npm test:*)'],
    ['npm run build -- --watch', 'Bash(npm run build:*)'],
    ['eslint src', 'Bash(eslint:*)'],
    ['cargo test 2>&1', 'Bash(cargo test:*)'],
    ['git push && rm x', 'Bash(git push && rm x)'],
    ['git log > file', 'Bash(git log > file)'],
    ['git -c a=b log', 'Bash(git -c a=b log)'],
    ['git config core.pager x', 'Bash(git config core.pager x)'],
    ['npm exec evil', 'Bash(npm exec evil)'],
    ['sudo npm test', 'Bash(sudo npm test)'],
    ['rm -rf build', 'Bash(rm -rf build)'],
    ['rm *.tmp', 'Bash(rm \\*.tmp)'],
    ['echo (a) $(b)', 'Bash(echo \\(a\\) $\\(b\\))'],
    ['find . \\( -name x \\)', 'Bash(find . \\\\( -name x \\\\))'],
  ])('is for the command %j: %s', (command, rule) => {
    expect(suggested('Bash', { command })).toBe(rule);
  });

  it('means nothing more than a command whose first words do not tell what it does', () => {
    const parsed = parseRule(suggested('Bash', { command: 'rm *.tmp' }) ?? '');
    if (!parsed.ok) throw new Error(parsed.failure.message);
    const other = { toolName: 'Bash', input: { command: 'rm x /etc/y.tmp' }, workspace };
    expect(ruleThatAllows([parsed.rule], other)).toBeNull();
  });

  it.each([
    ['Edit', '/home/mia/shop/src/cart/total.ts', 'Edit(./src/cart/**)'],
    ['Write', 'src/new.ts', 'Edit(./src/**)'],
    ['Write', 'README.md', 'Edit(./**)'],
    ['Edit', '.claude/settings.json', 'Edit(./.claude/**)'],
    ['Edit', '/home/mia/.bashrc', 'Edit(//home/mia/.bashrc)'],
    ['Read', '/home/mia/shop/app/[id]/(auth)/page.tsx', 'Read(./app/\\[id\\]/\\(auth\\)/**)'],
  ])('is for %s of %s: %s', (tool, path, rule) => {
    expect(suggested(tool, { file_path: path })).toBe(rule);
  });

  it('is the folder also on Windows', () => {
    const windows = 'C:\\Users\\mia\\shop';
    expect(suggested('Edit', { file_path: `${windows}\\src\\[id]\\a.ts` }, windows)).toBe(
      'Edit(./src/?id?/**)',
    );
    expect(suggested('Edit', { file_path: 'C:\\Windows\\hosts' }, windows)).toBe('Edit(//c/Windows/hosts)');
  });

  it('is the folder of a search, the domain of an address, else the tool', () => {
    expect(suggested('Grep', { pattern: 'x' })).toBe('Read(./**)');
    expect(suggested('Grep', { pattern: 'x', path: 'src' })).toBe('Read(./src/**)');
    expect(suggested('WebFetch', { url: 'https://Docs.example.com/a' })).toBe(
      'WebFetch(domain:docs.example.com)',
    );
    expect(suggested('WebSearch', { query: 'x' })).toBe('WebSearch');
    expect(suggested('mcp__docs__search', {})).toBe('mcp__docs__search');
  });

  it('is none where no rule would be sure to mean the call', () => {
    expect(suggested('Bash', {})).toBeNull();
    expect(suggested('Edit', { file_path: '~/x' })).toBeNull();
    expect(suggested('WebFetch', { url: 'https://a@b.example' })).toBeNull();
    expect(suggested('Bash', { command: 'ls', dangerouslyDisableSandbox: true })).toBeNull();
    expect(suggested('some tool', {})).toBeNull();
    expect(suggested('PowerShell', { command: 'Get-Item x' })).toBeNull();
  });

  it.each(['__proto__', 'constructor x', 'toString'])(
    'is the command itself for one called %s',
    (command) => {
      expect(suggested('Bash', { command })).toBe(`Bash(${command})`);
    },
  );

  it('always allows the call that it was made of', () => {
    const input = fc.record({
      command: fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 40 }),
      file_path: fc.string({ minLength: 1, maxLength: 40 }),
      url: fc.webUrl(),
    });
    fc.assert(
      fc.property(fc.constantFrom('Bash', 'Edit', 'Read', 'WebFetch', 'Glob'), input, (toolName, value) => {
        const call = { toolName, input: value, workspace };
        const text = suggestRule(call);
        if (text === null) return;
        const reading = parseRule(text);
        expect(reading.ok && ruleThatAllows([reading.rule], call)?.text).toBe(text);
      }),
      { numRuns: 200 },
    );
    const commands = fc.string({
      unit: fc.constantFrom('a', ' ', '*', '(', ')', '\\', ':', '"', 'git'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(commands, (command) => {
        if (command.trim() === '' || /^:?\*$/.test(command.trim())) return;
        expect(suggested('Bash', { command }), command).not.toBeNull();
      }),
      { numRuns: 500 },
    );
  });
});
