import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeScenarios } from '../support/flow-scenarios.ts';

describeScenarios([
  {
    name: 'A loop until the check passes',
    plan: ({ folder, stop }) => ({
      instances: [
        {
          ...{ name: 'a', prompt: 'TOOL=echo x >> rounds', allowedTools: ['Bash'] },
          check: `${stop}; lines=$(grep -c x rounds); echo "only $lines"; [ $lines -ge 3 ]`,
          loop: { rounds: 5, prompt: 'TOOL=echo x >> rounds\nRound {{ round }}: {{ check.output }}' },
        },
        { name: 'b', dependsOn: ['a'], prompt: 'SAY="{{ instances.a.attempts > 0 }}"' },
      ],
      leaves: () => readFile(join(folder, 'rounds'), 'utf8'),
    }),
    comesTo: {
      ...{ instances: ['a succeeded', 'b succeeded'], left: 'x\nx\nx\n', uncounted: 0 },
      steps: { a: ['not passed', 'round', 'not passed', 'round', 'passed'] },
      prompts: {
        'TOOL=echo x >> rounds': 2,
        'TOOL=echo x >> rounds\nRound 2: only 1': 2,
        'TOOL=echo x >> rounds\nRound 3: only 2': 2,
        'SAY="true"': 1,
      },
    },
    moments: {
      'during the check': 'stop',
      'between two rounds': /"how":"round"/,
      'in the second round': /"type":"prompt.sent".*Round 2/,
    },
  },
  {
    name: 'A check of what Claude wrote',
    plan: ({ folder, stop }) => ({
      instances: [
        {
          name: 'a',
          prompt: `CALL=${JSON.stringify({ name: 'Write', input: { file_path: `${folder}/made`, content: 'yes' } })}`,
          ...{
            permissionMode: 'acceptEdits',
            check: { command: `${stop}; grep -q yes made`, timeout: '1m' },
          },
        },
      ],
      leaves: () => readFile(join(folder, 'made'), 'utf8'),
    }),
    comesTo: { instances: ['a succeeded'], steps: { a: ['passed'] }, left: 'yes', uncounted: 0 },
    moments: { 'during the check': 'stop', 'before the check': /"type":"attempt.ended"/ },
  },
  {
    name: 'A check by condition',
    plan: () => ({
      instances: [
        {
          ...{ name: 'a', prompt: 'SAY="{\\"ok\\": false}"', check: { when: 'instance.json.ok == true' } },
          retry: { attempts: 2, backoff: '1s', on: ['invalid_result'] },
          fallback: [{ prompt: 'SAY="{\\"ok\\": true}"' }],
        },
      ],
    }),
    comesTo: {
      ...{ instances: ['a succeeded'], results: { a: '{"ok": true}' }, uncounted: 0 },
      steps: { a: ['not passed', 'retry', 'not passed', 'fallback', 'passed'] },
    },
    moments: { 'when it was asked': /"type":"check.finished"/, 'before its other way': /"how":"fallback"/ },
  },
]);
