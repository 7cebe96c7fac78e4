import { describeScenarios } from '../support/flow-scenarios.ts';

const list = {
  name: 'list',
  prompt: 'SLOW=100 WORDS=3\nRESULT={"shop":{"files":["cart","login","pay"]}}',
  result: { schema: { type: 'object', properties: { shop: { type: 'object' } }, required: ['shop'] } },
};

describeScenarios([
  {
    name: 'Results handed on',
    plan: () => ({
      instances: [
        { name: 'first', prompt: 'SAY="WORDS=3" SLOW=300' },
        { name: 'second', dependsOn: ['first'], prompt: '{{ instances.first.result }}' },
        {
          name: 'the last',
          dependsOn: [{ instance: 'second', need: 'finished' }],
          prompt: 'SAY="{{ instances.first.state }} {{ instances.second.result }}"',
        },
      ],
    }),
    comesTo: {
      state: 'succeeded',
      instances: ['first succeeded', 'second succeeded', 'the last succeeded'],
      results: { first: 'WORDS=3', second: 'word0 word1 word2', 'the last': 'succeeded word0 word1 word2' },
      prompts: { 'SAY="WORDS=3" SLOW=300': 1, 'WORDS=3': 1, 'SAY="succeeded word0 word1 word2"': 1 },
      uncounted: 0,
    },
    moments: {
      'while the first one runs': /"type":"prompt.sent"/,
      'between two of them': /"type":"attempt.ended"/,
    },
  },
  {
    name: 'A condition that skips',
    plan: () => ({
      instances: [
        { name: 'count', prompt: 'SAY="{\\"open\\": 2}"' },
        { name: 'few', dependsOn: ['count'], when: 'instances.count.json.open < 5', prompt: 'SAY=few' },
        { name: 'many', dependsOn: ['count'], when: 'instances.count.json.open >= 5', prompt: 'SAY=many' },
        { name: 'after many', dependsOn: ['many'], prompt: 'SAY=never' },
        {
          name: 'report',
          dependsOn: ['few', { instance: 'many', need: 'any' }],
          prompt: 'SAY="few: {{ instances.few.state }}, many: {{ instances.many.state }}"',
        },
      ],
    }),
    comesTo: {
      instances: [
        'count succeeded',
        'few succeeded',
        'many skipped',
        'after many skipped',
        'report succeeded',
      ],
      results: {
        count: '{"open": 2}',
        few: 'few',
        many: null,
        'after many': null,
        report: 'few: succeeded, many: skipped',
      },
      uncounted: 0,
    },
    moments: { 'when the condition can be asked': /"type":"attempt.ended"/ },
  },
  {
    name: 'A fan-out over a result',
    plan: () => ({
      instances: [
        list,
        {
          name: 'work',
          dependsOn: ['list'],
          forEach: { in: '{{ instances.list.json.shop.files }}', as: 'file', concurrency: 2 },
          when: 'file != "login"',
          prompt: 'SAY="{{ index }} {{ file }}" SLOW=100',
        },
        {
          name: 'sum',
          dependsOn: [{ instance: 'work', need: 'any' }],
          prompt: 'SAY={{ instances.work.results.filter(each, each.state == "succeeded").size() }}',
        },
      ],
    }),
    comesTo: {
      instances: [
        'list succeeded',
        'work.1 succeeded',
        'work.2 skipped',
        'work.3 succeeded',
        'sum succeeded',
      ],
      results: {
        list: '{"shop":{"files":["cart","login","pay"]}}',
        'work.1': '0 cart',
        'work.2': null,
        'work.3': '2 pay',
        sum: '2',
      },
      steps: { '': ['work expanded 3'] },
      uncounted: 0,
    },
    moments: {
      'before the list is known': /"type":"turn.ended"/,
      'as it is spread out': /"type":"attempt.ended"/,
      'when it is spread out': /"type":"group.changed"/,
    },
  },
]);
