import { useState, type ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { dollarText, wholeNumber } from '../../ui/format.ts';
import { raiseOf, type Raise, type UsedUp } from './raise.ts';

type LimitFieldProps = {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly onChange: (value: string) => void;
};

const LimitField = ({ label, value, placeholder, onChange }: LimitFieldProps) => (
  <label className="flex items-center gap-1.5 text-s">
    {label}
    <input
      inputMode="decimal"
      value={value}
      placeholder={placeholder}
      onChange={(event) => {
        onChange(event.currentTarget.value);
      }}
      className="h-[26px] w-28 rounded-s border border-line-strong bg-panel px-2 tabular-nums placeholder:text-ink-3"
    />
  </label>
);

const spentText = ({ limit, used }: UsedUp): string =>
  [
    limit.costMicroUsd === null
      ? null
      : `${dollarText(used.costMicroUsd)} of ${dollarText(limit.costMicroUsd)}`,
    limit.tokens === null ? null : `${wholeNumber(used.tokens)} of ${wholeNumber(limit.tokens)} tokens`,
  ]
    .filter((part) => part !== null)
    .join(', ');

type RaiseFormProps = {
  readonly budget: UsedUp;
  readonly pending: boolean;
  readonly onRaise: (raise: Raise) => void;
  /** What else may be done. */
  readonly children?: ReactNode;
};

/** What is used of a budget, and a field for each limit that it has. */
export const RaiseForm = ({ budget, pending, onRaise, children }: RaiseFormProps) => {
  const [dollars, setDollars] = useState('');
  const [tokens, setTokens] = useState('');
  const { limit } = budget;
  const raise = raiseOf(budget, dollars, tokens);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (raise !== null) onRaise(raise);
      }}
    >
      <p className="mt-1 mb-2 text-s text-ink-2">Used: {spentText(budget)}.</p>
      <div className="flex flex-wrap items-center gap-2">
        {limit.costMicroUsd === null ? null : (
          <LimitField
            label="New limit, dollars"
            value={dollars}
            placeholder={dollarText(limit.costMicroUsd)}
            onChange={setDollars}
          />
        )}
        {limit.tokens === null ? null : (
          <LimitField
            label="New limit, tokens"
            value={tokens}
            placeholder={wholeNumber(limit.tokens)}
            onChange={setTokens}
          />
        )}
        <Button type="submit" look="primary" disabled={pending || raise === null}>
          Raise it
        </Button>
        {children}
      </div>
      <p className="mt-1.5 text-xs text-ink-2">
        The new limit is above what is used; all that this budget holds goes on then.
      </p>
    </form>
  );
};
