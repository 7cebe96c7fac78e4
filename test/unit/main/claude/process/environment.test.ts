import { describe, expect, it } from 'vitest';
import {
  allowedEnvironment,
  attemptEnvironment,
} from '../../../../../src/main/claude/process/environment.ts';

const from = (
  inherited: Record<string, string>,
  platform: NodeJS.Platform = 'linux',
  path: string | null = null,
) => allowedEnvironment({ inherited, platform, path });

describe('the environment of a Claude', () => {
  it('has what programs need to run at all', () => {
    const needed = {
      PATH: '/bin',
      HOME: '/h',
      LC_ALL: 'C',
      XDG_RUNTIME_DIR: '/r',
      SSH_AUTH_SOCK: '/s',
      TMPDIR: '/t',
    };
    expect(from(needed)).toEqual(needed);
  });

  it('has the sign-in of the person, and the way to the network', () => {
    const own = {
      ANTHROPIC_API_KEY: 'k',
      ANTHROPIC_BASE_URL: 'u',
      CLAUDE_CONFIG_DIR: '/c',
      CLAUDE_CODE_OAUTH_TOKEN: 't',
      CLAUDE_CODE_USE_BEDROCK: '1',
      CLAUDE_CODE_USE_VERTEX: '1',
      CLAUDE_CODE_USE_FOUNDRY: '1',
      AWS_PROFILE: 'p',
      GOOGLE_APPLICATION_CREDENTIALS: '/g',
      CLOUD_ML_REGION: 'r',
      VERTEX_REGION_CLAUDE_4_0_SONNET: 'r',
      HTTPS_PROXY: 'x',
      no_proxy: 'y',
      NODE_EXTRA_CA_CERTS: '/ca',
    };
    expect(from(own)).toEqual(own);
  });

  it('has nothing of the Claude, Node or Electron that we may run under, nor what nobody named', () => {
    const dropped = {
      CLAUDECODE: '1',
      CLAUDE_CODE_ENTRYPOINT: 'cli',
      CLAUDE_CODE_SSE_PORT: '1',
      NODE_OPTIONS: '--require x',
      ELECTRON_RUN_AS_NODE: '1',
      NETRA_CLAUDE: '/c',
      GITHUB_TOKEN: 'secret',
      SystemRoot: 'no such thing here',
    };
    expect(from(dropped)).toEqual({});
  });

  it('does not care how Windows writes a name', () => {
    const own = { Path: 'C:\\a', SystemRoot: 'C:\\W', 'ProgramFiles(x86)': 'C:\\P', Anthropic_Api_Key: 'k' };
    expect(from({ ...own, node_options: 'x' }, 'win32')).toEqual(own);
  });

  it('has the PATH of the login shell instead of a desktop application’s', () => {
    expect(from({ PATH: '/usr/bin' }, 'linux', '/nvm/bin')).toEqual({ PATH: '/nvm/bin' });
    expect(from({ Path: 'C:\\a' }, 'win32', 'C:\\b')).toEqual({ PATH: 'C:\\b' });
  });
});

describe('the environment of an attempt', () => {
  const sources = { inherited: { PATH: '/bin', HOME: '/h' }, platform: 'linux', path: null } as const;

  it('has what the plan says over what we have, and anything else that it says', () => {
    const env = attemptEnvironment(sources, { HOME: '/demo', CLAUDE_CODE_MAX_RETRIES: '2' }, 'id');
    expect(env).toEqual({
      PATH: '/bin',
      HOME: '/demo',
      CLAUDE_CODE_MAX_RETRIES: '2',
      NETRA_ATTEMPT_ID: 'id',
    });
  });

  it('carries the marker of the attempt, whatever the plan says', () => {
    expect(attemptEnvironment(sources, { NETRA_ATTEMPT_ID: 'other' }, 'id')['NETRA_ATTEMPT_ID']).toBe('id');
  });
});
