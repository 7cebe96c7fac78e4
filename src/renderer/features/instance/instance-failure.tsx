import type { InstanceView } from '../../../shared/domain/instance.ts';
import { FailureNote } from '../../ui/notes.tsx';

/** What a person does about a failure, by words of its code; the message itself says what happened. */
const advice: readonly (readonly [RegExp, string])[] = [
  [
    /sign|auth|key/,
    'Sign Claude Code in (run `claude`, then /login) or give it a key in the plan. Then restart.',
  ],
  [/overloaded|limit|retr/, 'Wait a while, then restart: it begins anew.'],
  [/workspace|dir/, 'Put the workspace right in the plan, then run the plan again.'],
  [/turns|budget|timeout/, 'Raise the limit in the plan, or split the work, then run the plan again.'],
];

const LAST = 'The end of the stream shows what came before it. Restart runs it again from the start.';

/** Why an instance failed, and what to do. */
export const InstanceFailure = ({ instance }: { readonly instance: InstanceView }) => {
  const { failure } = instance;
  if (failure === null) return null;
  const what = advice.find(([pattern]) => pattern.test(failure.code))?.[1] ?? LAST;
  return (
    <div className="mx-auto w-full max-w-[820px] shrink-0">
      <FailureNote
        failure={failure}
        details={`instance ${instance.id}\nsession ${instance.sessionId ?? 'none'}`}
      />
      <p className="mt-1 text-s text-ink-2">{what}</p>
    </div>
  );
};
