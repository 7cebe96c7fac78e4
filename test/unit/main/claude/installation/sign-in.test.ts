import { describe, expect, it } from 'vitest';
import { signInOf } from '../../../../../src/main/claude/installation/sign-in.ts';

describe('what "claude auth status" says', () => {
  it.each([
    ['{"loggedIn":false,"authMethod":"none","apiProvider":"firstParty"}', false, null],
    ['{"loggedIn":true,"authMethod":"api_key","apiProvider":"firstParty"}', true, 'api_key'],
    ['{"loggedIn":true,"authMethod":"claude.ai","email":"mia@example.com"}', true, 'claude.ai'],
    ['{"loggedIn":true,"apiProvider":"bedrock"}', true, 'bedrock'],
  ])('%s', (stdout, signedIn, method) => {
    expect(signInOf(stdout)).toMatchObject({ signedIn, method });
  });

  it('names nobody', () => {
    expect(
      JSON.stringify(signInOf('{"loggedIn":true,"email":"mia@example.com","orgName":"Shop"}')),
    ).not.toMatch(/mia|Shop/);
  });

  it.each(['', 'error: unknown command', '{}', '[]'])('leaves open what it does not say: %j', (stdout) => {
    expect(signInOf(stdout)).toMatchObject({ signedIn: null, method: null });
  });
});
