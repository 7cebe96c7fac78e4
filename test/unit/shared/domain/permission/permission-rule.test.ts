import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseRule,
  ruleThatAllows,
  ruleThatDenies,
  ruleWithHome,
  type PermissionRule,
  type ToolCall,
} from '../../../../../src/shared/domain/permission/permission-rule.ts';

const workspace = '/home/mia/shop';

const ruleOf = (text: string): PermissionRule => {
  const reading = parseRule(text);
  if (!reading.ok) throw new Error(reading.failure.message);
  return reading.rule;
};
const file = (toolName: string, path: string, folder = workspace): ToolCall => ({
  toolName,
  input: { file_path: path },
  workspace: folder,
});
const url = (address: string): ToolCall => ({ toolName: 'WebFetch', input: { url: address }, workspace });

const allows = (rules: readonly string[], call: ToolCall): boolean =>
  ruleThatAllows(rules.map(ruleOf), call) !== null;
const denies = (rules: readonly string[], call: ToolCall): boolean =>
  ruleThatDenies(rules.map(ruleOf), call) !== null;

describe('a rule', () => {
  it.each([
    'Read',
    'Bash',
    'Bash(*)',
    'Bash(git log:*)',
    'Bash(npm test)',
    'Bash(git * main)',
    'Edit(src/**)',
    'Read(//etc/hosts)',
    'Read(~/.ssh/**)',
    'mcp__docs',
    'mcp__docs__*',
    'mcp__docs__search',
    'WebFetch(domain:example.com)',
    'WebFetch(domain:*.example.com)',
    'Agent(Explore)',
  ])('may be written %s', (text) => {
    expect(parseRule(text)).toMatchObject({ ok: true, rule: { text } });
  });

  it.each([
    ['', 'write a tool'],
    ['git log', 'write a tool'],
    ['Bash(git log', 'write a tool'],
    ['Bash()', 'nothing in the brackets'],
    ['Bash(git log && rm:*)', 'first words of one command'],
    ['Bash(git log > x:*)', 'first words of one command'],
    ['Bash(git * log:*)', 'may not stand before'],
    ['WebFetch(example.com)', 'domain:example.com'],
    ['Read(src/../../x)', '..'],
    ['WebSearch(cats)', 'take nothing in brackets'],
    ['Rea*', 'MCP'],
    ['*', 'write a tool'],
  ])('is refused when it is written %s', (text, why) => {
    const reading = parseRule(text);
    expect(reading.ok).toBe(false);
    if (!reading.ok) {
      expect(reading.failure.code).toBe('rule.invalid');
      expect(reading.failure.message).toContain(why);
    }
  });

  it('never throws, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => typeof parseRule(`Bash(${text})`).ok === 'boolean'),
    );
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary-ascii', maxLength: 60 }),
        (text) => typeof parseRule(text).ok === 'boolean',
      ),
    );
  });

  it('has the home folder in the place of ~', () => {
    expect(ruleWithHome('Read(~/.ssh/**)', '/home/mia')).toBe('Read(//home/mia/.ssh/**)');
    expect(ruleWithHome('Read(~/x)', 'C:\\Users\\mia')).toBe('Read(C:\\Users\\mia/x)');
    expect(ruleWithHome('Bash(ls ~/x)', '/home/mia')).toBe('Bash(ls ~/x)');
    expect(
      allows([ruleWithHome('Read(~/notes/**)', '/home/mia')], file('Read', '/home/mia/notes/a.md')),
    ).toBe(true);
  });
});

describe('a rule for files', () => {
  it.each([
    ['Edit(src/**)', 'Edit', 'src/a.ts'],
    ['Edit(src/**)', 'Write', '/home/mia/shop/src/deep/.env'],
    ['Edit(src)', 'MultiEdit', 'src/x/y'],
    ['Edit(/src/**)', 'Edit', 'src/a.ts'],
    ['Edit(./src/**)', 'Edit', 'src/../src/a.ts'],
    ['Edit(*.md)', 'Edit', 'docs/deep/a.md'],
    ['Edit(src/)', 'Edit', 'src/x'],
    ['Read(//etc/hosts)', 'Read', '/etc/hosts'],
    ['Read(//etc/**)', 'Read', '/tmp/../etc/x'],
    ['Read(../docs/**)', 'Read', '../docs/a.md'],
    ['Edit', 'Write', '/anywhere'],
  ])('%s allows %s of %s', (rule, tool, path) => {
    expect(allows([rule], file(tool, path))).toBe(true);
  });

  it.each([
    ['Edit(src/**)', 'Edit', 'src/../package.json'],
    ['Edit(src/**)', 'Edit', 'src/../../x'],
    ['Edit(src/**)', 'Edit', '/home/mia/shop2/src/a'],
    ['Edit(src/**)', 'Edit', '/home/mia/src/a'],
    ['Edit(src/**)', 'Edit', 'SRC/a'],
    ['Edit(src/**)', 'Edit', '~/shop/src/a'],
    ['Edit(src/**)', 'Edit', 'src/a\u0000/../../x'],
    ['Edit(src/**)', 'Edit', ''],
    ['Edit(/etc/**)', 'Edit', '/etc/passwd'],
    ['Edit(*.md)', 'Edit', '/etc/a.md'],
    ['Edit(**)', 'Edit', '../x'],
    ['Read(src/**)', 'Edit', 'src/a'],
    ['Edit(src/**)', 'Read', 'src/a'],
    ['Write(src/**)', 'Edit', 'src/a'],
    ['Read(~/x)', 'Read', '/home/mia/x'],
  ])('%s does not allow %s of %j', (rule, tool, path) => {
    expect(allows([rule], file(tool, path))).toBe(false);
  });

  it('that allows edits does not mean hooks and settings unless it names them', () => {
    for (const path of [
      '.git/hooks/pre-commit',
      'sub/.GIT/config',
      '.claude/settings.json',
      '.mcp.json',
      '.envrc',
    ]) {
      expect(allows(['Edit(./**)'], file('Write', path)), path).toBe(false);
    }
    expect(allows(['Edit(.claude/**)'], file('Edit', '.claude/settings.json'))).toBe(true);
    const inside = '/home/mia/.claude/worktrees/a';
    expect(allows(['Edit(./**)'], file('Edit', `${inside}/src/a.ts`, inside))).toBe(true);
    expect(allows(['Edit(./**)'], file('Edit', '.github/workflows/ci.yml'))).toBe(true);
    expect(allows(['Read(./**)'], file('Read', '.git/config'))).toBe(true);
    expect(denies(['Edit(./**)'], file('Edit', '.git/config'))).toBe(true);
  });

  it('that denies denies rather too much', () => {
    expect(denies(['Read(.env)'], file('Read', 'a/b/.env'))).toBe(true);
    expect(denies(['Read(.env)'], file('Read', 'a/.ENV'))).toBe(true);
    expect(denies(['Read(/etc/**)'], file('Read', '/etc/passwd'))).toBe(true);
    expect(denies(['Read(~/.ssh/**)'], file('Read', '/anywhere'))).toBe(true);
    expect(denies(['Read(secrets)'], file('Read', 'a/../secrets/x'))).toBe(true);
    expect(denies(['Read(secrets)'], file('Read', 'public/x'))).toBe(false);
  });

  it('holds for searches by where they look', () => {
    const grep = (path?: string): ToolCall => ({
      toolName: 'Grep',
      input: { pattern: 'x', path },
      workspace,
    });
    expect(allows(['Read(src/**)'], grep('src/a'))).toBe(true);
    expect(allows(['Read(src/**)'], grep())).toBe(false);
    expect(allows(['Read(./**)'], grep())).toBe(true);
    for (const pattern of ['../../**', '/etc/*', '~/x']) {
      const glob: ToolCall = { toolName: 'Glob', input: { pattern, path: 'src' }, workspace };
      expect(allows(['Read(src/**)'], glob)).toBe(false);
    }
  });

  it('is read as Windows does in a folder of Windows', () => {
    const windows = 'C:\\Users\\mia\\shop';
    const yes = (rule: string, path: string) => allows([rule], file('Edit', path, windows));
    expect(yes('Edit(src/**)', 'C:\\Users\\mia\\shop\\src\\a.ts')).toBe(true);
    expect(yes('Edit(src/**)', 'c:/users/MIA/shop/SRC/a.ts')).toBe(true);
    expect(yes('Edit(src\\**)', 'src\\a.ts')).toBe(true);
    expect(yes('Edit(//c/temp/**)', 'C:\\Temp\\x')).toBe(true);
    expect(yes('Edit(C:\\temp\\**)', 'C:\\Temp\\x')).toBe(true);
    for (const path of [
      'src\\..\\..\\x',
      'C:src\\a',
      '\\src\\a',
      'src\\a.txt:stream',
      'src\\a.txt.',
      'src\\a \\b',
      '\\\\?\\C:\\Users\\mia\\shop\\src\\a',
      'SRC~1\\a',
      'D:\\Users\\mia\\shop\\src\\a',
    ]) {
      expect(yes('Edit(src/**)', path), path).toBe(false);
    }
    expect(denies(['Edit(secret.txt)'], file('Edit', 'SECRET.TXT.', windows))).toBe(true);
  });

  it('is not led astray by a workspace whose name is a pattern itself', () => {
    const odd = '/home/mia/a(b) [c]{d,e}!*';
    expect(allows(['Edit(src/**)'], file('Edit', `${odd}/src/x`, odd))).toBe(true);
    expect(allows(['Edit(src/**)'], file('Edit', '/home/mia/ab c d!x/src/x', odd))).toBe(false);
  });

  it('never allows a file outside the folder that it names', () => {
    const step = fc.constantFrom('..', '.', 'src', 'a', 'b.ts', '', '...', '.. ');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.boolean(), (steps, absolute) => {
        const path = absolute ? `${workspace}/src/${steps.join('/')}` : steps.join('/');
        const resolved: string[] = absolute ? ['home', 'mia', 'shop', 'src'] : ['home', 'mia', 'shop'];
        for (const one of path.startsWith('/') ? steps : steps) {
          if (one === '..') resolved.pop();
          else if (one !== '.' && one !== '') resolved.push(one);
        }
        if (!absolute && path.startsWith('/')) return;
        const isInside = `/${resolved.join('/')}/`.startsWith(`${workspace}/src/`);
        if (!isInside) expect(allows(['Edit(src/**)'], file('Edit', path))).toBe(false);
        else expect(allows(['Edit(src/**)'], file('Edit', path))).toBe(true);
      }),
    );
  });
});

describe('a rule for the web', () => {
  it('allows its domain only', () => {
    const rule = ['WebFetch(domain:example.com)'];
    expect(allows(rule, url('https://example.com'))).toBe(true);
    expect(allows(rule, url('http://EXAMPLE.com:8080/a?b#c'))).toBe(true);
    for (const address of [
      'https://evil.com/example.com',
      'https://example.com.evil.com/',
      'https://example.com@evil.com/',
      'https://evil.com#@example.com',
      'https://evil.com\\@example.com',
      'https://notexample.com',
      'https://sub.example.com',
      'file://example.com/etc/passwd',
      'https://example.com%2eevil.com',
      ' javascript:x',
    ]) {
      expect(allows(rule, url(address)), address).toBe(false);
    }
    expect(allows(['WebFetch(domain:*.example.com)'], url('https://a.b.example.com/'))).toBe(true);
    expect(allows(['WebFetch(domain:*.example.com)'], url('https://badexample.com/'))).toBe(false);
  });

  it('that denies holds for its subdomains, and through tricks', () => {
    for (const address of [
      'https://sub.example.com',
      'https://x@example.com',
      'HTTPS:\\\\example.com\\a',
      'https://example.com.',
    ]) {
      expect(denies(['WebFetch(domain:example.com)'], url(address)), address).toBe(true);
    }
    expect(denies(['WebFetch(domain:example.com)'], url('https://other.com/example.com'))).toBe(false);
  });
});

describe('a rule for other tools', () => {
  it('holds for a tool, all tools of an MCP server, or those that begin alike', () => {
    const call = (toolName: string): ToolCall => ({ toolName, input: {}, workspace });
    expect(allows(['mcp__docs'], call('mcp__docs__search'))).toBe(true);
    expect(allows(['mcp__docs__*'], call('mcp__docs__search'))).toBe(true);
    expect(allows(['mcp__docs__search'], call('mcp__docs__search'))).toBe(true);
    expect(allows(['mcp__docs__get_*'], call('mcp__docs__get_page'))).toBe(true);
    expect(allows(['mcp__docs__get_*'], call('mcp__docs__delete'))).toBe(false);
    expect(allows(['mcp__doc'], call('mcp__docs__search'))).toBe(false);
    expect(allows(['mcp__docs__search'], call('mcp__docs__search__all'))).toBe(false);
    expect(allows(['WebSearch'], call('WebFetch'))).toBe(false);
  });

  it('may hold for one kind of subagent', () => {
    const call = { toolName: 'Task', input: { subagent_type: 'Explore' }, workspace };
    expect(allows(['Agent(Explore)'], call)).toBe(true);
    expect(allows(['Agent(Plan)'], call)).toBe(false);
  });
});
