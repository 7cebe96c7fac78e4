import { Play, Sparkles } from 'lucide-react';
import { go, routes } from '../../app/routes.ts';
import { useAction } from '../../data/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Keys } from '../../ui/keys.tsx';
import { Page } from '../../ui/layout.tsx';
import { FailureNote } from '../../ui/notes.tsx';
import { HealthCheck } from './health-check.tsx';

/** The first screen in an empty data directory: is the machine ready, and the two ways to begin. */
export const FirstRun = () => {
  const demo = useAction(
    (client) => client.orchestrations.startDemo(),
    (detail) => {
      go(routes.orchestration(detail.orchestration.id));
    },
  );
  return (
    <Page title="Welcome to Netra Orchestrator">
      <div className="flex w-full max-w-[760px] flex-col gap-5">
        <p className="text-l text-ink-2">
          Run many Claude Code instances side by side, from one plan: watch them work live, see exact tokens
          and cost, and find everything again later.
        </p>
        <HealthCheck />
        <div className="grid gap-3 sm:grid-cols-2">
          <section className="flex flex-col items-start gap-2 rounded-l border border-line bg-panel p-4 shadow-card">
            <h2 className="font-semibold">See it work first</h2>
            <p className="flex-1 text-ink-2">
              Five instances of the real Claude Code on a built-in practice API: no account, no cost.
            </p>
            <Button look="primary" icon={Sparkles} disabled={demo.pending} onClick={() => void demo.run()}>
              {demo.pending ? 'Starting…' : 'Run the demo'}
            </Button>
          </section>
          <section className="flex flex-col items-start gap-2 rounded-l border border-line bg-panel p-4 shadow-card">
            <h2 className="font-semibold">Run your own plan</h2>
            <p className="flex-1 text-ink-2">
              A YAML file that names the instances and their prompts. The editor completes it.
            </p>
            <Button
              icon={Play}
              onClick={() => {
                go(routes.plan);
              }}
            >
              Run a plan <Keys keys="N" />
            </Button>
          </section>
        </div>
        {demo.failure === null ? null : <FailureNote failure={demo.failure} />}
      </div>
    </Page>
  );
};
