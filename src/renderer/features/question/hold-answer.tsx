import type { AskOf } from '../../data/asks.ts';
import { Button } from '../../ui/button.tsx';
import type { AnsweringProps } from './answering.ts';
import { RaiseForm } from './raise-form.tsx';

/** A folder that nobody trusts yet, with what Claude Code would run there unasked. */
export const TrustAnswer = ({ ask, pending, onAnswer }: AnsweringProps<AskOf<'trust'>>) => (
  <>
    <p className="mt-1 font-mono text-s [overflow-wrap:anywhere]">{ask.folder}</p>
    {ask.runs.length === 0 ? (
      <p className="mt-1 mb-2 text-s text-ink-2">
        Nothing was found that Claude Code would run there without asking.
      </p>
    ) : (
      <div className="mt-1 mb-2 text-s">
        <p className="text-ink-2">Claude Code would run this there without asking:</p>
        <ul className="mt-0.5 max-h-[24vh] list-disc overflow-y-auto pl-4 font-mono text-xs">
          {ask.runs.map((what) => (
            <li key={what} className="[overflow-wrap:anywhere]">
              {what}
            </li>
          ))}
        </ul>
      </div>
    )}
    <div className="flex flex-wrap gap-1.5">
      <Button
        look="primary"
        disabled={pending}
        onClick={() => {
          onAnswer({ kind: 'trust', trusted: true });
        }}
      >
        Trust this folder
      </Button>
      <Button
        look="danger"
        disabled={pending}
        onClick={() => {
          onAnswer({ kind: 'trust', trusted: false });
        }}
      >
        Do not trust it
      </Button>
    </div>
    <p className="mt-1.5 text-xs text-ink-2">
      Trust holds for all below it, and lets everything go on that waits for it. Without, what waits for it
      fails.
    </p>
  </>
);

/** A budget that is used up: a new limit, or the end of what waits for it. */
export const BudgetAnswer = ({ ask, name, pending, onAnswer }: AnsweringProps<AskOf<'budget'>>) => (
  <RaiseForm budget={ask} pending={pending} onRaise={onAnswer}>
    <Button
      look="danger"
      disabled={pending}
      aria-label={`Stop what waits for it: ${name}`}
      onClick={() => {
        onAnswer({ kind: 'stop' });
      }}
    >
      Stop what waits for it
    </Button>
  </RaiseForm>
);

/** Claude Code is signed out: what to do, and another try when it is done. */
export const SignInAnswer = ({ ask, pending, onAnswer }: AnsweringProps<AskOf<'sign_in'>>) => (
  <>
    <p className="mt-1 text-s [overflow-wrap:anywhere]">{ask.message}</p>
    <p className="mt-1 mb-2 text-s text-ink-2">
      Run <code className="font-mono">claude</code> in a terminal and type{' '}
      <code className="font-mono">/login</code>, or give it a key; what failed for it runs again then.
    </p>
    <Button
      look="primary"
      disabled={pending}
      onClick={() => {
        onAnswer({ kind: 'retry' });
      }}
    >
      I am signed in: try again
    </Button>
  </>
);
