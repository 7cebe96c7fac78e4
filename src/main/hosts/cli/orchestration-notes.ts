import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { stateMarks } from './state-marks.ts';
import { cut, printable, type Paint } from './terminal-text.ts';

/** What is worth knowing of an orchestration beside its instances: what holds it up, and fan-outs that have none (yet). */
export const orchestrationNotes = (
  { state, heldBecause, groups }: OrchestrationView,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): readonly string[] => {
  const held =
    state === 'running' && heldBecause !== null ? [`${stateMarks.paused.sign} ${heldBecause}`] : [];
  const fanOuts = groups.flatMap((group) => {
    if (group.state === 'expanded' && group.size > 0) return [];
    const word = group.state === 'expanded' ? 'has no items' : group.state;
    const sign = group.state === 'expanded' ? stateMarks.succeeded.sign : stateMarks[group.state].sign;
    return [`${sign} fan-out ${group.name} ${word}${group.reason === null ? '' : `: ${group.reason}`}`];
  });
  return [
    ...held.map((text) => paint('attention', cut(printable(text), width))),
    ...fanOuts.map((text) => paint('quiet', cut(printable(text), width))),
  ];
};
