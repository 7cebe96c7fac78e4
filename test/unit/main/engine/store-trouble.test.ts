import { expect, it } from 'vitest';
import { instantOf } from '../../../../src/shared/domain/ids.ts';
import { settled } from '../../../support/engine/manual-clock.ts';
import { inst, play } from '../../../support/engine/play.ts';

it('the overview tells why nothing can be stored, also to who comes later, and when it can again', async () => {
  const p = await play([inst('a')]);
  const updates = p.engine().overview();
  expect((await updates.next()).value).toMatchObject({ kind: 'snapshot', storeTrouble: null });

  const since = instantOf(p.clock.now());
  p.bench().store.failNext(2);
  const marked = p.engine().marks.mark(p.id, { pinned: true }, 'mia');
  await settled();
  const told = updates.next();
  await p.clock.advance(50);
  expect((await told).value).toMatchObject({ kind: 'changed', storeTrouble: { since } });
  expect(p.engine().storeTrouble()).toMatchObject({ since });
  const later = p.engine().overview();
  expect((await later.next()).value).toMatchObject({ kind: 'snapshot', storeTrouble: { since } });

  const next = updates.next();
  await p.clock.advance(1000);
  await p.clock.advance(1000);
  await marked;
  await p.clock.advance(50);
  expect((await next).value).toMatchObject({ kind: 'changed', storeTrouble: null });
  await updates.return();
  await later.return();
});
