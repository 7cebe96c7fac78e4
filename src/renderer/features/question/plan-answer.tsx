import { lazy, Suspense, useState } from 'react';
import type { AskOf } from '../../data/asks.ts';
import { Button } from '../../ui/button.tsx';
import type { AnsweringProps } from './answering.ts';
import { DenyForm } from './deny-form.tsx';

/** Markdown is loaded when the first plan is shown. */
const Prose = lazy(async () => {
  const markdown = await import('../instance/markdown.tsx');
  return { default: markdown.Prose };
});

/** A plan of Claude to read, approve, or send back with what should be otherwise. */
export const PlanAnswer = ({ ask, name, pending, onAnswer }: AnsweringProps<AskOf<'plan'>>) => {
  const [denying, setDenying] = useState(false);
  return (
    <>
      {/* A region that scrolls must be reachable by keyboard. */}
      <div
        role="region"
        aria-label="The plan"
        tabIndex={0}
        className="mt-1 mb-2 max-h-[40vh] overflow-y-auto rounded-s border border-line bg-panel px-3 py-2"
      >
        <Suspense fallback={<p className="whitespace-pre-wrap">{ask.plan}</p>}>
          <Prose text={ask.plan} />
        </Suspense>
      </div>
      {denying ? (
        <DenyForm
          label={`What should be otherwise in the plan of ${name}; Claude reads it`}
          placeholder="What should be otherwise? Claude reads it."
          button="Send back"
          pending={pending}
          onDeny={(message) => {
            onAnswer({ kind: 'deny', message });
          }}
          onClose={() => {
            setDenying(false);
          }}
        />
      ) : (
        <div className="flex flex-wrap gap-1.5">
          <Button
            look="primary"
            disabled={pending}
            onClick={() => {
              onAnswer({ kind: 'approve', permissionMode: null });
            }}
          >
            Approve
          </Button>
          <Button
            disabled={pending}
            onClick={() => {
              onAnswer({ kind: 'approve', permissionMode: 'acceptEdits' });
            }}
          >
            Approve, and accept edits
          </Button>
          <Button
            look="danger"
            disabled={pending}
            onClick={() => {
              setDenying(true);
            }}
          >
            Send back…
          </Button>
        </div>
      )}
    </>
  );
};
