import { resolve } from 'node:path';
import type { ImportStep } from '../../../../shared/contract/exports.ts';
import { withEngine, type CliContext } from '../context.ts';
import { plural } from '../figures.ts';
import { printable } from '../terminal-text.ts';

const words: Readonly<Record<Extract<ImportStep, { kind: 'orchestration' }>['outcome'], string>> = {
  imported: 'taken in',
  present: 'here already',
  refused: 'refused',
};

const lineOf = ({ id, name, outcome, reason }: Extract<ImportStep, { kind: 'orchestration' }>): string =>
  `${words[outcome]}  ${id}  ${printable(name)}${reason === null ? '' : `: ${printable(reason)}`}`;

/** `netra import archive FILE`: 0 when everything in it is here, 1 when something was refused. */
export const importArchive = (context: CliContext, file: string): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const { streams } = context;
    let exitCode = 1;
    for await (const step of await client.exports.importArchive({ file: resolve(file) })) {
      if (step.kind === 'orchestration') await streams.print(lineOf(step));
      else if (step.kind === 'checked') {
        streams.say(`netra: the archive is whole: ${plural(step.orchestrations, 'session')}.`);
      } else {
        const { imported, present, refused, notes } = step;
        streams.say(
          `netra: ${String(imported)} taken in, ${String(present)} here already, ${String(refused)} refused.`,
        );
        for (const note of notes) streams.say(`netra: ${printable(note)}`);
        exitCode = refused === 0 ? 0 : 1;
      }
    }
    return exitCode;
  });
