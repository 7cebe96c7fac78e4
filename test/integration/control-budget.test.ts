import { describeControl, type ControlScenario, type Play } from '../support/control.ts';

/** What the script says to a session that is told to go on. */
const wentOn = 'word0 word1 word2 word3 word4 word5 word6 word7';

const instances = [
  { name: 'long', prompt: 'WORDS=600 SLOW=20' },
  { name: 'next', prompt: 'SAY=next' },
];

const raised = ['raise', '--tokens', '100000000'] as const;

/** The message in hand is the only one that was begun. */
const overshootIsOneMessage = async ({ place, detail }: Play, before: number): Promise<void> => {
  const { messages, cut } = place.api.totals();
  const begun = messages + cut.messages - before;
  const { instances: views } = await detail();
  if (begun !== 1)
    throw new Error(`${String(begun)} messages were begun: ${views.map((v) => v.state).join()}`);
};

const begunSoFar = ({ place }: Play): number => {
  const { messages, cut } = place.api.totals();
  return messages + cut.messages;
};

const scenarios: readonly ControlScenario[] = [
  {
    name: 'A budget that pauses in the middle of a message',
    instances,
    more: { concurrency: 1, budget: { tokens: 10, onExceed: 'pause' } },
    play: async (play) => {
      const before = begunSoFar(play);
      await play.untilState('long', 'paused');
      await overshootIsOneMessage(play, before);
      await play.here('while the budget holds it');
      await play.item('budget');
      await play.netra('answer', 'long', ...raised);
      await play.here('when it was raised');
    },
    comesTo: {
      state: 'succeeded',
      instances: ['long succeeded', 'next succeeded'],
      results: { long: wentOn, next: 'next' },
      asked: ['budget long'],
      stillAsked: [],
    },
    moments: { 'while the budget holds it': {}, 'when it was raised': {} },
  },
  {
    name: 'A budget that stops in the middle of a message',
    instances,
    more: { concurrency: 1, budget: { tokens: 10 } },
    play: async (play) => {
      const before = begunSoFar(play);
      await play.until(({ orchestration }) => orchestration.state === 'stopped');
      await overshootIsOneMessage(play, before);
      await play.here('when it was stopped');
      await play.netra('budget', 'raise', play.id, '--tokens', '100000000');
    },
    comesTo: {
      state: 'succeeded',
      instances: ['long succeeded', 'next succeeded'],
      results: { long: wentOn, next: 'next' },
      stillAsked: [],
    },
    moments: { 'when it was stopped': {} },
  },
];

describeControl(scenarios);
