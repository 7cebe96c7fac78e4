import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './eventually.ts';
import { openFlow, type Flow, type Moment, type Outcome, type Scenario } from './flow.ts';

/** A scenario with what its plan says that it comes to, and the moments at which its engine is killed, by their names. */
export type ToldScenario = Scenario & {
  readonly comesTo: Partial<Outcome>;
  readonly moments: Readonly<Record<string, Moment>>;
};

const patience = { timeout: 120_000 };

/** Tests of scenarios, with one place for all of them: what each comes to, and that a killed engine changes nothing of it. */
export const describeScenarios = (scenarios: readonly ToldScenario[]): void => {
  let flow: Flow;

  beforeAll(async () => {
    flow = await openFlow();
  }, 60_000);

  afterAll(async () => {
    await flow.close();
  }, 60_000);

  describe.each(scenarios)('$name', (scenario) => {
    let calm: Outcome;
    // How often a key is refused before the instance is stopped is a matter of how busy the machine is.
    const compared = (outcome: Outcome): Partial<Outcome> =>
      scenario.comesTo.refused === undefined ? { ...outcome, refused: 0 } : outcome;

    it('comes to what the plan says', patience, async () => {
      calm = await flow.play(scenario);
      expect(calm).toMatchObject(scenario.comesTo);
      expect(await flow.processes()).toEqual([]);
    });

    it.each(Object.entries(scenario.moments))(
      'comes to the same when its engine is killed %s',
      patience,
      async (_, moment) => {
        expect(compared(await flow.playKilled(scenario, moment))).toEqual(compared(calm));
        await eventually(async () => {
          expect(await flow.processes()).toEqual([]);
        });
      },
    );
  });
};
