import fc from 'fast-check';

const letters = (alphabet: string, length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...alphabet.split('')), minLength: length, maxLength: length });

const upper = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const mixed = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const wide = `${mixed}_-`;

/** A secret, and how it is written down: `text` holds it. None is a real one. */
export type Planted = { readonly secret: string; readonly text: string };

const alone = (secrets: fc.Arbitrary<string>): fc.Arbitrary<Planted> =>
  secrets.map((secret) => ({ secret, text: secret }));

const within = (secrets: fc.Arbitrary<string>, write: (secret: string) => string): fc.Arbitrary<Planted> =>
  secrets.map((secret) => ({ secret, text: write(secret) }));

const password = letters(`${mixed}!%+.~-`, 12);

/** Secrets of every well-known shape. */
export const anySecret: fc.Arbitrary<Planted> = fc.oneof(
  alone(letters(wide, 40).map((end) => `sk-ant-api03-${end}`)),
  alone(letters(mixed, 40).map((end) => `sk-proj-9${end}`)),
  alone(letters(upper, 16).map((end) => `AKIA${end}`)),
  alone(letters(mixed, 36).map((end) => `ghp_${end}`)),
  alone(letters(mixed, 40).map((end) => `github_pat_${end}`)),
  alone(letters(mixed, 30).map((end) => `xoxb-123456-${end}`)),
  alone(letters(wide, 35).map((end) => `AIza${end}`)),
  alone(letters(mixed, 30).map((end) => `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${end}`)),
  alone(
    letters(`${mixed}+/`, 64).map(
      (line) => `-----BEGIN RSA PRIVATE KEY-----\n${line}\n${line}\n-----END RSA PRIVATE KEY-----`,
    ),
  ),
  within(letters(wide, 30), (secret) => `Authorization: Bearer ${secret}`),
  within(letters(wide, 30), (secret) => `-H 'x-api-key: ${secret}'`),
  within(letters(mixed, 20), (secret) => `postgres://app:${secret}@db.internal:5432/app`),
  within(password, (secret) => `DATABASE_PASSWORD=${secret}`),
  within(letters(mixed, 40), (secret) => `export AWS_SECRET_ACCESS_KEY=${secret}`),
  within(letters(mixed, 24), (secret) => `{"client_secret": "${secret}"}`),
  within(letters(mixed, 24), (secret) => `API_TOKEN: ${secret}`),
);

/** Words that are no secret, in which nothing of a secret's shape lies. */
export const innocentText: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      ...[
        'the',
        'build',
        'failed',
        'tests/unit.ts',
        '42',
        '{"a": 1}',
        'key',
        'tokens: 12',
        'inputTokens=7',
        'Straße',
      ],
      ...[
        'https://example.org/a?b=c',
        '--flag',
        '検査',
        'max_tokens=4096',
        '"name": "x"',
        'a@b.org',
        '\n',
        '$HOME',
      ],
    ),
    { maxLength: 8 },
  )
  .map((words) => words.join(' '));
