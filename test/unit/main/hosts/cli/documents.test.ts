import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../../../src/main/hosts/cli/program.ts';
import { createStreams } from '../../../../../src/main/hosts/cli/streams.ts';

const program = createProgram('1', createStreams(), () => undefined);

const page = await readFile(join(import.meta.dirname, '../../../../../docs/cli.md'), 'utf8');

const fullName = (command: Command): string =>
  command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;

const allOf = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(allOf)];

/** The part of the page under the heading of a command. */
const sectionOf = (name: string): string => {
  const start = page.indexOf(`\n## \`${name}`);
  return start < 0 ? '' : page.slice(start, page.indexOf('\n## ', start + 1) >>> 0);
};

const commands = allOf(program).filter((command) => command !== program && command.name() !== 'help');

describe('docs/cli.md', () => {
  it('sees the commands', () => {
    expect(commands.length).toBeGreaterThan(12);
  });

  it.each(
    commands
      .filter(({ commands: below }) => below.length === 0)
      .map((command) => [fullName(command), command]),
  )('has `%s` with each of its options', (name, command) => {
    const section = sectionOf(name);
    expect(section, `a heading for ${name}`).not.toBe('');
    for (const { long } of command.options) expect(section).toContain(`\`${long ?? ''}`);
  });

  it('has the options of all commands', () => {
    for (const { long } of program.options) expect(page).toContain(`\`${long ?? ''}`);
  });
});
