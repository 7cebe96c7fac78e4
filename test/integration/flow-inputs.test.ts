import { describeScenarios } from '../support/flow-scenarios.ts';

const names = ['build.1', 'build.2', 'build.3', 'build.4'];

describeScenarios([
  {
    name: 'A matrix that is joined',
    plan: () => ({
      instances: [
        {
          ...{ name: 'build', matrix: { os: ['linux', 'mac'], node: [20, 22] } },
          prompt: 'SAY="{{ matrix.os }} {{ matrix.node }}" SLOW=50',
        },
        { name: 'early', dependsOn: [{ instance: 'build', join: 'any' }], prompt: 'SAY=early' },
        {
          name: 'all',
          dependsOn: ['build'],
          prompt: 'SAY="{{ instances.build.results[0].result }}, {{ instances.build.results[3].result }}"',
        },
      ],
      more: { concurrency: 2 },
    }),
    comesTo: {
      instances: [...names.map((name) => `${name} succeeded`), 'early succeeded', 'all succeeded'],
      results: {
        ...{ 'build.1': 'linux 20', 'build.2': 'linux 22', 'build.3': 'mac 20', 'build.4': 'mac 22' },
        ...{ early: 'early', all: 'linux 20, mac 22' },
      },
      ...{ steps: { '': ['build expanded 4'] }, uncounted: 0 },
    },
    moments: {
      'when it was spread out': /"type":"group.changed"/,
      'when the first one is done': /"type":"attempt.ended"/,
    },
  },
  {
    name: 'Values from the command line',
    inputs: { ticket: '42', files: '["cart","login"]', careful: 'true' },
    plan: () => ({
      instances: [
        { name: 'fix', prompt: 'SAY="{{ inputs.ticket + 1.0 }} {{ inputs.branch }}" SLOW=100' },
        { name: 'test', forEach: '{{ inputs.files }}', when: 'inputs.careful', prompt: 'SAY="{{ item }}"' },
      ],
      more: {
        inputs: {
          ticket: { type: 'number' },
          files: { type: 'list', default: [] },
          careful: { type: 'boolean', default: false },
          branch: { choices: ['main', 'next'], default: 'main' },
        },
      },
    }),
    comesTo: {
      instances: ['fix succeeded', 'test.1 succeeded', 'test.2 succeeded'],
      results: { fix: '43 main', 'test.1': 'cart', 'test.2': 'login' },
      uncounted: 0,
    },
    moments: { 'while the first one runs': /"type":"prompt.sent"/ },
  },
  {
    name: 'What nothing can come of',
    plan: () => ({
      instances: [
        { name: 'list', prompt: 'SAY="{\\"files\\": \\"cart\\"}" SLOW=100' },
        { name: 'work', dependsOn: ['list'], forEach: '{{ instances.list.json.files }}', prompt: 'SAY=x' },
        { name: 'tell', dependsOn: [{ instance: 'work', need: 'finished' }], prompt: 'SAY=told' },
        { name: 'wait', dependsOn: ['work'], prompt: 'SAY=never' },
        { name: 'ask', dependsOn: ['list'], when: 'instances.list.json.nothing', prompt: 'SAY=never' },
        { name: 'fill', dependsOn: ['list'], prompt: 'SAY="{{ instances.list.json.nothing.more }}"' },
      ],
    }),
    comesTo: {
      state: 'failed',
      instances: [
        'list succeeded',
        'tell succeeded',
        'wait skipped',
        'ask failed expression.failed',
        'fill failed expression.failed',
      ],
      ...{ steps: { '': ['work failed 0'] }, uncounted: 0 },
    },
    moments: {
      'while the list is made': /"type":"prompt.sent"/,
      'when it is known': /"type":"attempt.ended"/,
    },
  },
]);
