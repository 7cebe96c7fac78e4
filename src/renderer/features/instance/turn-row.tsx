import { Check, X } from 'lucide-react';
import type { EventOf } from '../../../shared/domain/event.ts';
import { Cost } from '../../ui/figures.tsx';
import { durationText, figuresOf, shortNumber, wholeNumber } from '../../ui/format.ts';
import { RawButton } from './row-frame.tsx';
import { useStream } from './stream-context.ts';

type TurnRowProps = { readonly n: number; readonly body: EventOf<'turn.ended'> };

const TurnErrors = ({ body }: { readonly body: EventOf<'turn.ended'> }) => {
  const lines = [
    ...body.errors,
    ...(body.errors.length === 0 && body.result !== null ? [body.result] : []),
    ...(body.apiErrorStatus === null ? [] : [`The API answered ${String(body.apiErrorStatus)}.`]),
  ];
  return (
    <div className="mt-1 rounded-m border border-bad/35 bg-bad-bg px-3 py-2 [overflow-wrap:anywhere] whitespace-pre-wrap">
      {lines.length === 0 ? 'It ended without a reason.' : lines.join('\n')}
    </div>
  );
};

/** The end of a turn, with what it took. */
export const TurnRow = ({ n, body }: TurnRowProps) => {
  const { view } = useStream();
  const { tokens, total } = figuresOf(body.usage);
  const Icon = body.isError ? X : Check;
  return (
    <div className="row-frame relative py-2">
      <div className="flex items-center gap-2.5 text-xs text-ink-3 tabular-nums">
        <Icon size={13} strokeWidth={2} className={body.isError ? 'text-bad' : 'text-ok'} aria-hidden />
        <span className="text-ink-2">
          Turn {view.turnOf(n)}
          {body.isError ? ` ended: ${body.subtype.replaceAll('_', ' ')}` : ''}
        </span>
        {body.durationMs === null ? null : <span>{durationText(body.durationMs)}</span>}
        {tokens === 0 ? null : (
          <span title={`${wholeNumber(total.outputTokens)} of them written`}>
            {shortNumber(tokens)} tokens
          </span>
        )}
        <Cost usage={body.usage} />
        <span className="h-px flex-1 bg-line-soft" />
      </div>
      {body.isError ? <TurnErrors body={body} /> : null}
      <RawButton events={[n]} className="absolute top-[5px] right-0 bg-bg" />
    </div>
  );
};
