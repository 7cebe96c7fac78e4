import type { Scene } from '../scene.ts';

const changelog = `# Changelog

## 1.4.0

- Parcels are billed by weight or by volume, whichever is more.
- Parcels above 20 kg of billed weight cost a surcharge, since two people carry them.
`;

/** Meets a rate limit twice, waits as long as the API says, and then gets its work done. */
export const rateLimit: Scene = {
  key: 'rate-limit',
  failure: { kind: 'status', status: 429, times: 2, retryAfterSeconds: 2 },
  turns: [
    {
      waitMs: 300,
      deltaMs: 25,
      blocks: [
        { type: 'text', text: 'Which version is it, and what is worth telling?' },
        { type: 'tool_use', name: 'Read', input: { file_path: 'package.json' } },
        {
          type: 'tool_use',
          name: 'Bash',
          input: { command: 'grep -n "Surcharge\\|cubic" src/*.js', description: 'Find the notable rules' },
        },
      ],
    },
    {
      waitMs: 400,
      deltaMs: 25,
      blocks: [
        { type: 'text', text: 'Version 1.4.0. Two rules matter to a customer; both go in.' },
        { type: 'tool_use', name: 'Write', input: { file_path: 'CHANGELOG.md', content: changelog } },
      ],
    },
    {
      waitMs: 400,
      deltaMs: 40,
      blocks: [
        {
          type: 'text',
          text: '`CHANGELOG.md` starts at 1.4.0, with billing by volume and the surcharge for heavy parcels. A new version goes above it.',
        },
      ],
    },
  ],
};

/** Begins well, and then the API is overloaded until Claude Code gives up. */
export const overloaded: Scene = {
  key: 'overloaded',
  failure: { kind: 'status', status: 529, times: Number.MAX_SAFE_INTEGER, fromStep: 1 },
  turns: [
    {
      waitMs: 400,
      deltaMs: 25,
      blocks: [
        {
          type: 'text',
          text: 'I read the README first, to keep its structure and its code samples as they are.',
        },
        { type: 'tool_use', name: 'Read', input: { file_path: 'README.md' } },
      ],
    },
  ],
};
