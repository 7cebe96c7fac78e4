import { parseQuery } from '../../../shared/domain/search/search-parse.ts';

/** The words of a query that can stand in a name, to mark them there: what is excluded and other filters are not among them. */
export const wordsOf = (query: string): readonly string[] => {
  const { clauses } = parseQuery(query, { now: 0, timeZone: 'UTC' }).query;
  return clauses.flat().flatMap((term) => {
    const isName = term.kind === 'text' || (term.kind === 'field' && term.field === 'name');
    return isName && !term.not && term.text.trim() !== '' ? [term.text.trim()] : [];
  });
};
