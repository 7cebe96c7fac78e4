import { describe, expect, it } from 'vitest';
import { matchesKeys } from '../../../../src/renderer/ui/keyboard.ts';
import { wordsForChange } from '../../../../src/renderer/app/announcements.ts';
import { instantOf } from '../../../../src/shared/domain/ids.ts';
import { fakeInstance } from '../../../support/fake-data.ts';

const press = (key: string, held: Partial<KeyboardEvent> = {}): KeyboardEvent =>
  // Only what is looked at; a real KeyboardEvent needs a browser.
  ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held }) as KeyboardEvent;

describe('keys', () => {
  it('mean Control elsewhere and Command on a Mac', () => {
    expect(matchesKeys(press('k', { ctrlKey: true }), 'Mod+K', false)).toBe(true);
    expect(matchesKeys(press('k', { metaKey: true }), 'Mod+K', true)).toBe(true);
    expect(matchesKeys(press('k', { ctrlKey: true }), 'Mod+K', true)).toBe(false);
  });

  it('tell Shift apart for letters, and ignore it for signs that need it', () => {
    expect(matchesKeys(press('J', { ctrlKey: true, shiftKey: true }), 'Mod+J', false)).toBe(false);
    expect(matchesKeys(press('J', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+J', false)).toBe(true);
    expect(matchesKeys(press('?', { shiftKey: true }), '?', false)).toBe(true);
  });

  it('are not taken with other keys held', () => {
    expect(matchesKeys(press('n', { altKey: true }), 'N', false)).toBe(false);
    expect(matchesKeys(press('n'), 'Mod+N', false)).toBe(false);
  });
});

describe('what is spoken', () => {
  const question = {
    ...{ requestId: 'r', toolName: 'Bash', toolUseId: null, description: null, input: {} },
    askedAt: instantOf(0),
  };
  const instance = (state: 'running' | 'waiting' | 'succeeded' | 'failed') =>
    fakeInstance({ number: 1, name: 'one', state, questions: state === 'waiting' ? [question] : [] }, 0);

  it('is needs input, finished and failed, once each', () => {
    expect(wordsForChange(instance('waiting'), instance('running'))).toBe('one needs input.');
    expect(wordsForChange(instance('succeeded'), instance('running'))).toBe('one finished.');
    expect(wordsForChange(instance('failed'), instance('running'))).toContain('one failed.');
    expect(wordsForChange(instance('waiting'), instance('waiting'))).toBeNull();
    expect(wordsForChange(instance('running'), instance('waiting'))).toBeNull();
    expect(wordsForChange(instance('succeeded'), null)).toBeNull();
  });
});
