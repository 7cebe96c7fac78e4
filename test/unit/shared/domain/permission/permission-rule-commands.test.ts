import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hidesCommands,
  parseRule,
  ruleThatAllows,
  ruleThatDenies,
  type PermissionRule,
  type ToolCall,
} from '../../../../../src/shared/domain/permission/permission-rule.ts';

const ruleOf = (text: string): PermissionRule => {
  const reading = parseRule(text);
  if (!reading.ok) throw new Error(reading.failure.message);
  return reading.rule;
};
const bash = (command: string): ToolCall => ({
  toolName: 'Bash',
  input: { command },
  workspace: '/home/mia/shop',
});
const allows = (rules: readonly string[], call: ToolCall): boolean =>
  ruleThatAllows(rules.map(ruleOf), call) !== null;
const denies = (rules: readonly string[], call: ToolCall): boolean =>
  ruleThatDenies(rules.map(ruleOf), call) !== null;

describe('a rule for commands', () => {
  it.each([
    ['Bash(git log:*)', 'git log'],
    ['Bash(git log:*)', 'git log --oneline -5'],
    ['Bash(git log:*)', '  git   log  "a; b | c $HOME"  '],
    ['Bash(git log *)', 'git log'],
    ['Bash(git log:*)', "git log --format='%h `x` $(y)'"],
    ['Bash(git log:*)', 'git log 2>&1'],
    ['Bash(git log:*)', 'git log 2>/dev/null'],
    ['Bash(git log:*)', 'git log && git log -1; git log | git log'],
    ['Bash(git log:*)', 'git \\\n  log'],
    ['Bash(npm test)', 'npm test'],
    ['Bash(npm run *:unit)', 'npm run test:unit'],
    ['Bash(ls \\*.ts)', 'ls *.ts'],
    ['Bash(echo \\(a\\))', 'echo (a)'],
    ['Bash(a && b > c)', 'a && b > c'],
    ['Bash', 'anything > at $(all)'],
    ['Bash(:*)', 'anything > at $(all)'],
  ])('%s allows %s', (rule, command) => {
    expect(allows([rule], bash(command))).toBe(true);
  });

  it.each([
    'git log && rm -rf x',
    'git log; rm -rf x',
    'git log | sh',
    'git log || rm x',
    'git log & rm x',
    'git log |& rm x',
    'git log\nrm -rf x',
    'git log\r\nrm -rf x',
    'git log $(rm -rf x)',
    'git log `rm -rf x`',
    'git log "$(rm -rf x)"',
    'git log "`rm -rf x`"',
    'git log <(rm x)',
    'git log >(rm x)',
    'git log =(rm x)',
    'git log > ~/.bashrc',
    'git log >> file',
    'git log >file 2>&1',
    'git log >| file',
    'git log &> file',
    'git log >& file',
    'git log 2> file',
    'git log <> file',
    'git log < /etc/passwd',
    'git log >/dev/null/../../etc/x',
    'git log > $F',
    'git log > "/dev/nul"l2',
    'git log <<EOF\nx\nEOF',
    'git log <<< x',
    'GIT_PAGER=evil git log',
    'PATH=. git log',
    'env git log',
    'git\u00a0log',
    'git\tlogs',
    'git -c core.pager=evil log',
    'gitlog',
    'git logs',
    'git',
    '',
    '/tmp/git log',
    './git log',
    'sudo git log',
    '(git log)',
    '{ git log; }',
    'git log; }',
    '! git log',
    'if git log; then rm x; fi',
    'f() { rm x; }; git log',
    'git log ${x:=$(rm y)}',
    'git log ${x@P}',
    'git log "${x@P}"',
    "git log $'\\x60'",
    'git log $((a[$(rm x)]))',
    'git log $[1]',
    "git log 'unfinished",
    'git log "unfinished',
    'git log \\',
    'git log # a comment\nrm x',
    'git log ;; rm x',
    'alias git=rm; git log',
    'eval "git log"',
    '$X git log',
    '{git,log}',
    'g?t log',
    'git log *(e:rm x:)',
  ])('does not allow %j by the rule for git log', (command) => {
    expect(allows(['Bash(git log:*)'], bash(command))).toBe(false);
  });

  it('allows a line only when each of its commands is allowed, by whichever rule', () => {
    const rules = ['Bash(git log:*)', 'Bash(head:*)'];
    expect(allows(rules, bash('git log | head -3'))).toBe(true);
    expect(allows(rules, bash('git log | head -3 && rm x'))).toBe(false);
    expect(allows(['Bash(npm test)'], bash('npm test -- --watch'))).toBe(false);
  });

  it('lets nothing out of the sandbox of Claude Code', () => {
    const call = { ...bash('git log'), input: { command: 'git log', dangerouslyDisableSandbox: true } };
    expect(allows(['Bash'], call)).toBe(false);
  });

  it.each([
    'rm -rf x',
    'git log && rm -rf x',
    'git log; rm x',
    'echo $(rm x)',
    'echo "$(echo "$(rm x)")"',
    'echo `rm x`',
    'echo ok\nrm x',
    '(cd a && rm x)',
    '{ rm x; }',
    'if true; then rm x; fi',
    'for f in a b; do rm $f; done',
    'X=1 Y=2 rm x',
    'sudo rm x',
    'sudo -u root rm x',
    'env A=1 rm x',
    'nohup timeout 5 rm x',
    'ls | xargs -n 1 rm',
    'find . -name x -exec rm {} +',
    'bash -c "rm x"',
    "bash -ec 'echo a; rm x'",
    'sudo sh -c "sudo rm x"',
    'eval "rm x"',
    'eval rm x',
    '/bin/rm x',
    '\\rm x',
    "r'm' x",
    'r""m x',
    'RM x',
    'rm>/dev/null x',
    '>/dev/null rm x',
    'cat <(rm x)',
    'cat <<EOF\nhello\nEOF\nrm x',
    'echo "$\'"; rm x; echo "\'"',
    'true # nothing\nrm x',
    'while ! rm x; do :; done',
    'echo a |& rm x',
    'rm.exe x',
  ])('for rm denies %j', (command) => {
    expect(denies(['Bash(rm:*)'], bash(command))).toBe(true);
  });

  it.each([
    'git commit -m "rm x"',
    'grep rm file',
    'npm run rm',
    "echo '$(rm x)'",
    'cat <<EOF\nrm x\nEOF',
    'rmdir x',
  ])('for rm does not deny %j', (command) => {
    expect(denies(['Bash(rm:*)'], bash(command))).toBe(false);
  });

  it('that denies is not escaped by options before its words', () => {
    for (const command of ['git push', 'git -C .. push', 'git --no-pager -c a=b push --force']) {
      expect(denies(['Bash(git push:*)'], bash(command))).toBe(true);
    }
    expect(denies(['Bash(git push:*)'], bash('git commit -m push'))).toBe(false);
    expect(denies(['Bash(git push)'], bash('git push'))).toBe(true);
    expect(denies(['Bash(git push*)'], bash("git 'push' -f"))).toBe(true);
    expect(denies(['Bash(git push:*)'], bash(`git ${'-a '.repeat(5000)}pull`))).toBe(false);
  });

  it.each([
    '$X -rf y',
    '"$X" y',
    '${A:-rm} x',
    '{rm,-rf,x}',
    '/bin/r? x',
    'eval "$X"',
    'bash -c "$X"',
    'echo rm x | sh',
    "$'rm' x",
    'sudo $X',
    "echo 'unfinished",
    `${'$('.repeat(100)}rm${')'.repeat(100)}`,
  ])('cannot tell all that %j runs, and says so', (command) => {
    expect(hidesCommands(bash(command))).toBe(true);
  });

  it.each(['ls -l', 'git log "$X" *.ts', '[ -f x ] && make', 'cd a && npm test 2>&1 | tail -5'])(
    'can tell what %j runs',
    (command) => {
      expect(hidesCommands(bash(command))).toBe(false);
    },
  );

  const harmless = fc.stringMatching(/^[a-z0-9 ./=_-]{0,20}$/);
  const trick = fc.constantFrom(';', '&&', '||', '|', '&', '\n', '|&');
  it('never allows what is joined to an allowed command, nor lets it by a rule that denies', () => {
    fc.assert(
      fc.property(
        harmless,
        trick,
        fc.constantFrom('', ' ', '  '),
        harmless,
        (before, joint, space, after) => {
          const line = `git log ${before}${space}${joint}${space}rm ${after}`;
          expect(allows(['Bash(git log:*)'], bash(line))).toBe(false);
          expect(denies(['Bash(rm:*)'], bash(line))).toBe(true);
        },
      ),
    );
  });
  it('never allows a line with a second command inside the first, however it is wrapped', () => {
    const wrap = fc.constantFrom(
      (inner: string) => `$(${inner})`,
      (inner: string) => `"$(${inner})"`,
      (inner: string) => `\`${inner}\``,
      (inner: string) => `"a\`${inner}\`b"`,
      (inner: string) => `<(${inner})`,
      (inner: string) => `a"b"$(${inner})'c'`,
    );
    fc.assert(
      fc.property(harmless, wrap, wrap, (before, outer, inner) => {
        const line = `git log ${before} ${outer(`echo ${inner('rm x').replaceAll('`', '\\`')}`)}`;
        expect(allows(['Bash(git log:*)', 'Bash(echo:*)'], bash(line))).toBe(false);
      }),
    );
  });
  it('is decided without fail for any text', () => {
    const shellish = fc.array(
      fc.oneof(
        fc.constantFrom(
          'git',
          'log',
          ' ',
          '"',
          "'",
          '`',
          '$(',
          ')',
          '${',
          '}',
          '<<',
          '>',
          '&',
          '|',
          ';',
          '\n',
          '\\',
          '#',
          '$',
        ),
        fc.string({ maxLength: 3 }),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(shellish, (parts) => {
        const call = bash(parts.join(''));
        expect([null, 'Bash(git log:*)']).toContain(
          ruleThatAllows([ruleOf('Bash(git log:*)')], call)?.text ?? null,
        );
        expect(typeof hidesCommands(call)).toBe('boolean');
        ruleThatDenies([ruleOf('Bash(rm:*)')], call);
      }),
      { numRuns: 500 },
    );
  });
  it('is decided quickly for a long line', () => {
    const start = performance.now();
    for (const line of [
      'sudo '.repeat(10_000),
      '$('.repeat(30_000),
      'a '.repeat(30_000),
      '`'.repeat(60_000),
      'x;'.repeat(30_000),
    ]) {
      denies(['Bash(rm:*)', 'Bash(*a*b*c*)'], bash(line));
      allows(['Bash(rm:*)', 'Bash(*a*b*c*)'], bash(line));
    }
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
