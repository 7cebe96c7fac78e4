import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRawRedaction, rawMark } from '../../../../src/main/exports/redaction/raw.ts';
import { createRedactor, type Tally } from '../../../../src/main/exports/redaction/redactor.ts';
import { mark, redactedSession } from '../../../../src/main/exports/redaction/session.ts';
import type { Session } from '../../../../src/main/exports/session.ts';
import { anySecret, innocentText } from '../../../support/secrets.ts';
import { anySession, withSecret, type SampleSession } from '../../../support/sessions.ts';

const redactor = (known: readonly string[] = [], tally: Tally = new Map()) =>
  createRedactor({ known, mark, tally });

describe('a text', () => {
  it('loses every secret of a well-known shape, and nothing else', () => {
    fc.assert(
      fc.property(innocentText, anySecret, innocentText, (before, { secret, text }, after) => {
        const tally: Tally = new Map();
        const redacted = redactor([], tally).text(`${before}\n${text}\n${after}`);
        expect(redacted).not.toContain(secret);
        expect(redacted).toBe(
          `${before}\n${text.replace(secret, mark).replace(`app:${secret}`, mark)}\n${after}`
            .replace(`app:${mark}@`, `${mark}@`)
            .replace(`Bearer ${mark}`, redacted.includes(`Bearer ${mark}`) ? `Bearer ${mark}` : mark),
        );
        expect([...tally.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('without a secret stays as it is, byte for byte', () => {
    fc.assert(
      fc.property(innocentText, (text) => {
        expect(redactor().text(text)).toBe(text);
      }),
    );
    for (const text of [
      'const token = await getToken();',
      'PASSWORD=$DB_PASSWORD',
      'TOKEN=${TOKEN}',
      'token: null',
      'git@github.com:netra/orchestrator.git',
      'ssh://git@example.org/x.git',
      'see https://example.org:8080/a@b',
      'commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
      'sk-learn',
      'the task-list of the risk-management-and-so-on-and-on',
    ]) {
      expect(redactor().text(text)).toBe(text);
    }
  });

  it('is redacted once: a second time changes nothing', () => {
    fc.assert(
      fc.property(innocentText, anySecret, (before, { text }) => {
        const once = redactor().text(`${before}\n${text}`);
        expect(redactor().text(once)).toBe(once);
      }),
    );
  });

  it('takes time that grows with its length only', () => {
    for (const piece of [
      'a',
      '-----BEGIN PRIVATE KEY-----',
      '://',
      'token',
      'sk-',
      'eyJ',
      'password: ',
      'A',
      '_key"',
    ]) {
      // Of this thread: what else the machine does is not what is measured.
      const before = process.threadCpuUsage();
      redactor().text(piece.repeat(200_000 / piece.length));
      expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(3000);
    }
  });
});

describe('JSON', () => {
  it('is suspect when a secret is anywhere in it, however deep', () => {
    fc.assert(
      fc.property(innocentText, anySecret, fc.nat({ max: 2 }), (before, { text }, depth) => {
        let json = JSON.stringify({ text: `${before}\n${text}` });
        for (let times = 0; times < depth; times++) json = JSON.stringify({ json });
        expect(redactor().isSuspect(json)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('is suspect when a known secret or a field of a secret name is in it, and else is not', () => {
    const known = 'a "quoted"\n\\known one';
    const written = JSON.stringify(known).slice(1, -1);
    for (const value of [{ known }, { json: JSON.stringify({ known }) }]) {
      expect(redactor([known, written]).isSuspect(JSON.stringify(value))).toBe(true);
    }
    expect(redactor().isSuspect('{"client_secret":"x"}')).toBe(true);
    expect(redactor().isSuspect('{"usage":{"input_tokens":1},"key":"a","at":"https://a.example/b"}')).toBe(
      false,
    );
  });
});

describe('a value', () => {
  it('loses the texts of fields that are called secrets, wherever they are', () => {
    const given = {
      input: { api_key: 'abc', 'X-Api-Key': 'd', nested: [{ Password: 'e' }], tokens: 5, key: 'kept' },
    };
    expect(redactor().value(given)).toEqual({
      input: { api_key: mark, 'X-Api-Key': mark, nested: [{ Password: mark }], tokens: 5, key: 'kept' },
    });
  });

  it('loses known secrets also where they have no shape', () => {
    expect(redactor(['correct horse']).value(['a correct horse b'])).toEqual([`a ${mark} b`]);
  });
});

const plainSession = ({ stored, events }: SampleSession): Session => ({
  stored,
  secrets: null,
  async *events() {
    yield events;
  },
  async *eventsOf(id) {
    yield events.filter(({ instanceId }) => instanceId === id);
  },
});

const all = async (session: Session): Promise<string> => {
  const events = [];
  for await (const page of session.events()) events.push(...page);
  return JSON.stringify({ stored: session.stored, events });
};

describe('a session', () => {
  it('has no secret left in anything that is written of it, nor a value of its environment', async () => {
    const value = fc.stringMatching(/^[a-z]{6}[0-9]{6}[a-z]{6}$/);
    await fc.assert(
      fc.asyncProperty(
        anySession({ mostEvents: 10 }),
        anySecret,
        value,
        async (sample, { secret, text }, known) => {
          const session = plainSession(withSecret(sample, text, known));
          const before = await all(session);
          const redacted = await all(redactedSession(session, new Map()));
          const written = JSON.stringify(secret).slice(1, -1);
          expect(before).toContain(written);
          expect(redacted).not.toContain(written);
          expect(redacted).not.toContain(known);
          expect(redacted).not.toContain('of-headers-only');
          expect(redacted).toContain('\\nx: 1\\n');
        },
      ),
      { numRuns: 100 },
    );
  });

  it('keeps its figures, ids and events to the number', async () => {
    await fc.assert(
      fc.asyncProperty(anySession(), async (sample) => {
        const session = redactedSession(plainSession(sample), new Map());
        const { stored } = session;
        expect(stored.orchestration.usage).toEqual(sample.stored.orchestration.usage);
        expect(stored.attempts.map(({ id, usage }) => [id, usage])).toEqual(
          sample.stored.attempts.map(({ id, usage }) => [id, usage]),
        );
        const heads = [];
        for await (const page of session.events()) heads.push(...page.map(({ body: _body, ...one }) => one));
        expect(heads).toEqual(sample.events.map(({ body: _body, ...one }) => one));
      }),
      { numRuns: 50 },
    );
  });
});

const redactRaw = async (stream: 'stdout' | 'stderr', bytes: Buffer, cut: number): Promise<Buffer> => {
  const tally: Tally = new Map();
  const redact = createRawRedaction(stream, createRedactor({ known: [], mark: rawMark, tally }), tally);
  const pieces = async function* () {
    yield bytes.subarray(0, cut);
    yield bytes.subarray(cut);
  };
  const parts: Uint8Array[] = [];
  for await (const part of redact(pieces())) parts.push(part);
  return Buffer.concat(parts);
};

describe('what an attempt printed', () => {
  it('keeps every line at its place and as long as it was, without its secrets', async () => {
    const line = fc.oneof(
      fc.record({ type: fc.constant('assistant'), text: innocentText }).map((value) => JSON.stringify(value)),
      innocentText.map((text) => text.replaceAll('\n', ' ')),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        anySecret,
        fc.array(line),
        fc.nat(),
        async (before, planted, after, cut) => {
          const lines = [...before, JSON.stringify({ type: 'user', text: planted.text }), ...after];
          const given = Buffer.from(`${lines.join('\n')}\n`);
          const redacted = await redactRaw('stdout', given, cut % given.length);
          expect(redacted.length).toBe(given.length);
          expect(redacted.toString()).not.toContain(JSON.stringify(planted.secret).slice(1, -1));
          const out = redacted.toString().split('\n');
          expect(out.map((one) => Buffer.byteLength(one))).toEqual([
            ...lines.map((one) => Buffer.byteLength(one)),
            0,
          ]);
          expect(out.slice(0, before.length)).toEqual(before);
          expect(out.slice(before.length + 1, -1)).toEqual(after);
          const changed: unknown = JSON.parse(out[before.length] ?? '');
          expect(changed).toMatchObject({ type: 'user' });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('has no pieces of messages, across which a secret may lie', async () => {
    const lines = ['{"type":"stream_event","delta":"sk-ant-"}', '{"type":"result","text":"done"}'];
    const redacted = (await redactRaw('stdout', Buffer.from(lines.join('\n')), 5)).toString();
    expect(redacted).toBe(`${' '.repeat(lines[0]?.length ?? 0)}\n${lines[1] ?? ''}`);
  });

  it('has no private key of many lines on stderr', async () => {
    const text =
      'before\n-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQ\n-----END PRIVATE KEY-----\nafter';
    const redacted = (await redactRaw('stderr', Buffer.from(text), 30)).toString();
    expect(redacted).toHaveLength(text.length);
    expect(redacted).toMatch(/^before\n +\n +\n +\n +\nafter$/);
  });
});
