import type { UsageRow } from '../../../shared/domain/usage-report.ts';
import { dollarText } from '../../ui/format.ts';

type CostTextProps = {
  readonly microUsd: number;
  /** Where it is from: how exact it is. */
  readonly row: Pick<UsageRow, 'basis' | 'atLeast'>;
};

/** A cost, with ≈ when any part is estimated, and ≥ when the cost of a model is not known. */
export const CostText = ({ microUsd, row: { basis, atLeast } }: CostTextProps) => {
  if (atLeast) {
    return (
      <span title="At least so much: the cost of a model among it is not known.">
        <span aria-label="at least">≥</span> {dollarText(microUsd)}
      </span>
    );
  }
  if (basis === 'exact') return <span>{dollarText(microUsd)}</span>;
  return (
    <span title="Part of it is estimated from tokens and a price table.">
      <span aria-label="about">≈</span> {dollarText(microUsd)}
    </span>
  );
};
