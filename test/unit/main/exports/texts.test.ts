import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvFormat } from '../../../../src/main/exports/csv.ts';
import type { TextFormat } from '../../../../src/main/exports/format.ts';
import { exactDollars } from '../../../../src/main/exports/figures.ts';
import { jsonFormat } from '../../../../src/main/exports/json.ts';
import { markdownFormat } from '../../../../src/main/exports/markdown.ts';
import { quoted } from '../../../../src/main/exports/markdown-text.ts';
import { ndjsonFormat } from '../../../../src/main/exports/ndjson.ts';
import { createReportFormat, reportFormat } from '../../../../src/main/exports/report/report.ts';
import { reportScript } from '../../../../src/main/exports/report/script.ts';
import type { Session } from '../../../../src/main/exports/session.ts';
import { instantOf } from '../../../../src/shared/domain/ids.ts';
import { anySession, anyText, type SampleSession } from '../../../support/sessions.ts';

const head = { exportedAt: instantOf(Date.UTC(2026, 5, 7)), version: '1.2.3', redacted: false };

const sessionOf = ({ stored, events }: SampleSession): Session => ({
  stored,
  secrets: null,
  async *events() {
    yield events;
  },
  async *eventsOf(id) {
    yield events.filter(({ instanceId }) => instanceId === id);
  },
});

const written = async (format: TextFormat, ...samples: readonly SampleSession[]): Promise<string> => {
  const sessions = async function* () {
    for (const sample of samples) yield sessionOf(sample);
  };
  const parts: string[] = [];
  for await (const part of format.write(sessions(), head)) parts.push(part);
  return parts.join('');
};

/** A table as a spreadsheet reads it. */
const cellsOf = (csv: string): readonly (readonly string[])[] =>
  csv
    .split('\r\n')
    .slice(0, -1)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, inQuotes, plain]) => inQuotes?.replaceAll('""', '"') ?? plain ?? '',
      ),
    );

describe('usage as CSV', () => {
  it('has a row for each attempt and model, that add up to the session to the micro-dollar', async () => {
    await fc.assert(
      fc.asyncProperty(anySession({ mostEvents: 2 }), async (sample) => {
        const [title = [], ...rows] = cellsOf(await written(csvFormat, sample));
        const column = (name: string) => rows.map((row) => row[title.indexOf(name)] ?? '');
        const models = sample.stored.attempts.flatMap(({ usage }) => Object.values(usage.byModel));
        expect(rows.map((row) => row.length)).toEqual(models.map(() => title.length));
        expect(column('cost_micro_usd').map(Number)).toEqual(models.map((one) => one.costMicroUsd));
        expect(column('cost_usd')).toEqual(models.map((one) => exactDollars(one.costMicroUsd)));
        expect(column('input_tokens').map(Number)).toEqual(models.map((one) => one.inputTokens));
      }),
    );
  });

  it('has no cell that a spreadsheet takes for a formula', async () => {
    await fc.assert(
      fc.asyncProperty(anySession({ mostEvents: 2 }), async (sample) => {
        for (const cell of cellsOf(await written(csvFormat, sample)).flat()) {
          expect(cell).not.toMatch(/^\s*[=+\-@]/);
          expect(cell).not.toMatch(/[\r\n\t]/);
        }
      }),
    );
  });

  it('says money exactly', () => {
    expect(exactDollars(1)).toBe('0.000001');
    expect(exactDollars(12_345_678)).toBe('12.345678');
  });
});

describe('a session as data', () => {
  it('is one JSON value with all its events, however many sessions there are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anySession(), { maxLength: 3 }), async (samples) => {
        const value = JSON.parse(await written(jsonFormat, ...samples)) as {
          orchestrations: { events: unknown[]; orchestration: unknown }[];
        };
        expect(value.orchestrations.map(({ events }) => events)).toEqual(samples.map(({ events }) => events));
        expect(value.orchestrations.map(({ orchestration }) => orchestration)).toEqual(
          samples.map(({ stored }) => stored.orchestration),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('is an event a line', async () => {
    await fc.assert(
      fc.asyncProperty(anySession(), async (sample) => {
        const lines = (await written(ndjsonFormat, sample)).split('\n').slice(0, -1);
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(sample.events);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a transcript in Markdown', () => {
  it('stays what it is around whatever an agent wrote: no HTML of its own, nothing beyond its quotation', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const lines = quoted(text).slice(0, -1).split('\n');
        for (const line of lines) expect(line.startsWith('>')).toBe(true);
      }),
    );
    expect(quoted('<img src=x onerror=a> and `Array<string>`')).toBe(
      '> &lt;img src=x onerror=a> and `Array<string>`\n',
    );
    expect(quoted('```\n<b>\n```\n<b>')).toBe('> ```\n> <b>\n> ```\n> &lt;b>\n');
  });

  it('cannot be ended by what a tool printed', async () => {
    await fc.assert(
      fc.asyncProperty(anySession(), async (sample) => {
        const text = await written(markdownFormat, sample);
        const tags = text.match(/<\/?(details|summary)>/g) ?? [];
        // Folded texts are in pairs; every other tag of an agent is text, or stands in a block of code.
        expect(tags.filter((tag) => tag === '<details>').length).toBe(
          tags.filter((tag) => tag === '</details>').length,
        );
        expect(text).toContain('\n---\n\nWritten by Netra 1.2.3');
      }),
      { numRuns: 50 },
    );
  });
});

describe('a report', () => {
  it('has no script but its own and no element that an agent wrote, whatever it wrote', async () => {
    await fc.assert(
      fc.asyncProperty(anySession(), async (sample) => {
        const page = await written(reportFormat, sample);
        const scripts = [...page.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)];
        const [own, ...others] = scripts.filter(([, about]) => about === '');
        expect(own?.[2]).toBe(reportScript);
        expect(others).toEqual([]);
        const data = scripts.filter(([, about]) => about !== '');
        const events = data.flatMap(([, , text = '']) => JSON.parse(text) as unknown[]);
        expect(events.length).toBe(sample.events.length);
        for (const [, , text = ''] of data) expect(text).not.toContain('<');
        const rest = page.replaceAll(/<script[^]*?<\/script>/g, '');
        expect(rest).not.toMatch(/<(img|iframe|object|embed|form|base|link)\b/i);
        expect(rest).not.toMatch(/\son[a-z]+=(?=["'])/i);
      }),
      { numRuns: 100 },
    );
  });

  it('that no browser would open is refused, with what to do instead, and not cut', async () => {
    const [sample] = fc.sample(anySession(), 1);
    if (sample === undefined) throw new Error('no sample');
    const whole = await written(reportFormat, sample);
    expect(await written(createReportFormat(whole.length), sample)).toBe(whole);
    await expect(written(createReportFormat(whole.length - 1), sample)).rejects.toMatchObject({
      failure: { code: 'export.too_large', message: expect.stringContaining('archive') as unknown },
    });
  });

  it('allows nothing but its own script and style', async () => {
    const [sample] = fc.sample(anySession(), 1);
    if (sample === undefined) throw new Error('no sample');
    const page = await written(reportFormat, sample);
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy.replaceAll('&#39;', "'")).toMatch(
      /^default-src 'none'; script-src 'sha256-[^;]+'; style-src 'sha256-[^;]+'; base-uri 'none'; form-action 'none';/,
    );
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    // What the session itself says, also where a label of it is cut short.
    expect(page).not.toMatch(/https?:\/\/(?!ev(il|…))/);
  });
});
