import type { OrchestrationEvent } from '../../shared/domain/event.ts';
import { millisecondsBetween } from '../../shared/domain/ids.ts';
import type { InstanceView } from '../../shared/domain/instance.ts';
import { totalOf, type ModelUsage, type Usage } from '../../shared/domain/usage.ts';
import { entryOf, type Entry } from './entry.ts';
import { durationText, exactDollars, numberText } from './figures.ts';
import type { ExportHead, TextFormat } from './format.ts';
import { codeBlock, htmlText, plainText, quoted } from './markdown-text.ts';
import type { Session } from './session.ts';

const usageTitle =
  '| Input | Output | Cache write | Cache read | Cost |\n| --- | --: | --: | --: | --: | --: |\n';

const usageCells = (usage: ModelUsage, basis: Usage['basis']): string => {
  const tokens = [usage.inputTokens, usage.outputTokens, usage.cacheWriteTokens, usage.cacheReadTokens];
  const cost = `${basis === 'estimated' ? '≈ ' : ''}$${exactDollars(usage.costMicroUsd)}`;
  return [...tokens.map(numberText), cost].join(' | ');
};

const usageTable = (usage: Usage): string => {
  const models = Object.entries(usage.byModel);
  if (models.length === 0) return '';
  const rows = models.map(([model, used]) => `| ${plainText(model)} | ${usageCells(used, usage.basis)} |\n`);
  const sum = models.length > 1 ? `| all | ${usageCells(totalOf(usage), usage.basis)} |\n` : '';
  return `| Model ${usageTitle}${rows.join('')}${sum}\n`;
};

const instancesTable = (instances: readonly InstanceView[]): string => {
  const rows = instances.map(({ name, state, usage }) => {
    const cells = usageCells(totalOf(usage), usage.basis);
    return `| ${plainText(name)} | ${state} | ${cells} |\n`;
  });
  return `| Instance | State ${usageTitle.replace('---', '--- | ---')}${rows.join('')}\n`;
};

const timeOf = (at: string): string => `${at.slice(0, 19).replace('T', ' ')} UTC`;

const folded = ({ title, text, isBad, kind }: Entry): string => {
  const mark = isBad ? '❌ ' : '';
  if (text === null) return `- ${mark}${plainText(title)}\n\n`;
  const language = kind === 'tool' ? 'json' : '';
  return `<details><summary>${mark}${htmlText(title)}</summary>\n\n${codeBlock(text, language)}\n</details>\n\n`;
};

const entryText = (event: OrchestrationEvent): string => {
  const entry = entryOf(event);
  const { kind, title, text, isBad } = entry;
  if (kind === 'said' || kind === 'prompt') {
    return `**${plainText(title)}** · ${timeOf(event.at)}\n\n${quoted(text ?? '')}\n`;
  }
  if (kind !== 'note') return folded(entry);
  const more = text === null ? '' : ` — ${plainText(text)}`;
  return `- ${isBad ? '❌ ' : ''}${timeOf(event.at)} ${plainText(title)}${more}\n\n`;
};

async function* instanceText(session: Session, view: InstanceView): AsyncGenerator<string, void> {
  const time =
    view.startedAt === null || view.endedAt === null
      ? ''
      : `, ${durationText(millisecondsBetween(view.startedAt, view.endedAt))}`;
  const why = view.reason === null ? '' : ` — ${plainText(view.reason)}`;
  const failure = view.failure === null ? '' : `❌ ${plainText(view.failure.message)}\n\n`;
  yield `### ${plainText(view.name)}\n\n${view.state}${time}${why}\n\n${failure}`;
  yield usageTable(view.usage);
  for await (const page of session.eventsOf(view.id)) yield page.map(entryText).join('');
}

async function* sessionText(session: Session): AsyncGenerator<string, void> {
  const { orchestration: view, instances, source } = session.stored;
  const facts: readonly (readonly [string, string])[] = [
    ['State', view.state],
    ['Started', timeOf(view.startedAt)],
    ['Ended', view.endedAt === null ? 'not yet' : timeOf(view.endedAt)],
    ['Plan', plainText(view.plan)],
    ['Workspace', plainText(view.workspace)],
    ['Run by', plainText(view.owner)],
    ['Labels', view.labels.map(plainText).join(', ')],
    ['Id', view.id],
  ];
  yield `# ${plainText(view.name)}\n\n`;
  yield `${facts.flatMap(([name, value]) => (value === '' ? [] : `- ${name}: ${value}\n`)).join('')}\n`;
  if (view.note !== null && view.note !== '') yield `${quoted(view.note)}\n`;
  yield `## Usage\n\n${usageTable(view.usage)}${instancesTable(instances)}`;
  yield `<details><summary>The plan</summary>\n\n${codeBlock(source.planText, 'yaml')}\n</details>\n\n`;
  yield '## Transcript\n\n';
  for (const instance of instances) yield* instanceText(session, instance);
}

async function* write(sessions: AsyncIterable<Session>, head: ExportHead): AsyncGenerator<string, void> {
  for await (const session of sessions) yield* sessionText(session);
  const redacted = head.redacted ? ', with secrets taken out' : '';
  yield `---\n\nWritten by Netra ${plainText(head.version)} at ${timeOf(head.exportedAt)}${redacted}.\n`;
}

/** A transcript to read: what was said stands open, what tools did is folded. */
export const markdownFormat: TextFormat = { extension: 'md', mediaType: 'text/markdown', write };
