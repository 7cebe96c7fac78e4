import { describe, expect, it } from 'vitest';
import type { SearchHit } from '../../../../../src/shared/contract/search.ts';
import { instantOf } from '../../../../../src/shared/domain/ids.ts';
import { hitRows, hitWords } from '../../../../../src/renderer/features/search/hit-rows.ts';
import { instanceId, orchestrationId } from '../../../../support/fake-data.ts';

const hit = (orchestration: number, seq: number): SearchHit => ({
  orchestrationId: orchestrationId(orchestration),
  orchestrationName: `session ${String(orchestration)}`,
  instanceId: instanceId(1),
  instanceName: 'one',
  seq,
  n: seq,
  at: instantOf(0),
  type: 'message.text',
  tool: null,
  snippet: { text: 'words', marks: [] },
});

const shapes = (hits: readonly SearchHit[], hasMore: boolean): readonly string[] =>
  hitRows(hits, hasMore).map((row) =>
    row.kind === 'session' ? `${row.name}: ${String(row.hits)}${row.isOpen ? '+' : ''}` : String(row.hit.seq),
  );

describe('hits as rows', () => {
  it('stand below their session, in the order in which they came', () => {
    expect(shapes([hit(2, 9), hit(2, 4), hit(1, 7)], false)).toEqual([
      'session 2: 2',
      '9',
      '4',
      'session 1: 1',
      '7',
    ]);
  });

  it('say of the last session that there may be more', () => {
    expect(shapes([hit(2, 9), hit(1, 7)], true)).toEqual(['session 2: 1', '9', 'session 1: 1+', '7']);
  });

  it('stand together when a later page brings more of a session', () => {
    expect(shapes([hit(2, 9), hit(1, 7), hit(2, 3)], false)).toEqual([
      'session 2: 2',
      '9',
      '3',
      'session 1: 1',
      '7',
    ]);
  });

  it('say who spoke, and what a tool did', () => {
    expect(hitWords({ type: 'message.text', tool: null })).toBe('Claude');
    expect(hitWords({ type: 'tool.called', tool: 'Bash' })).toBe('Bash calls');
    expect(hitWords({ type: 'api.retried', tool: null })).toBe('api retried');
  });
});
