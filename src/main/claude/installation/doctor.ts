import { access, constants, mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { DoctorCheck, DoctorReport } from '../../../shared/contract/doctor.ts';
import { failureOf, type Failure } from '../../../shared/domain/failure.ts';
import { askProgram } from '../process/ask-program.ts';
import { allowedEnvironment } from '../process/environment.ts';
import { FLAGS, type ClaudeFeatures } from './features.ts';
import { isProgramOnDisk, type FoundClaude } from './find-claude.ts';
import type { ClaudeInstallation } from './installation.ts';
import { askSignIn, type SignIn } from './sign-in.ts';

export type DoctorOptions = {
  readonly installation: ClaudeInstallation;
  readonly dataDir: string;
  readonly home: string;
  /** Of the Node that runs the engine: `process.versions.node`. */
  readonly nodeVersion: string;
};

/** The oldest Node with everything that the engine uses. */
const LEAST_NODE_MAJOR = 24;

type Status = DoctorCheck['status'];

const check = (
  id: DoctorCheck['id'],
  title: string,
  status: Status,
  [detail, fix]: readonly [string, string | null],
): DoctorCheck => ({ id, title, status, detail, fix: status === 'ok' ? null : fix });

function versionCheck({ version }: ClaudeFeatures): DoctorCheck {
  const detail = version ?? '"claude --version" printed no version.';
  const fix = 'Check that the program is Claude Code; update it with "claude update".';
  return check('claude_version', 'Version of Claude Code', version === null ? 'warning' : 'ok', [
    detail,
    fix,
  ]);
}

function featuresCheck({ flags }: ClaudeFeatures): DoctorCheck {
  const missing = FLAGS.filter((flag) => !flags[flag]);
  const detail =
    missing.length === 0
      ? 'This version can do all that Netra uses.'
      : `This version has no ${missing.map((flag) => `--${flag}`).join(', ')}.`;
  return check('claude_features', 'Abilities', missing.length === 0 ? 'ok' : 'warning', [
    detail,
    'Update Claude Code with "claude update"; until then plans that ask for these fail.',
  ]);
}

function signInCheck({ signedIn, detail }: SignIn): DoctorCheck {
  const status: Status = signedIn === true ? 'ok' : signedIn === null ? 'warning' : 'failed';
  const fix = 'Run "claude auth login" in a terminal, or set ANTHROPIC_API_KEY.';
  return check('sign_in', 'Sign-in to Claude', status, [detail, fix]);
}

async function dataDirCheck(dataDir: string): Promise<DoctorCheck> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    return check('data_dir', 'Data directory', 'ok', [dataDir, null]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return check('data_dir', 'Data directory', 'failed', [
      `${dataDir} cannot be written: ${reason}`,
      'Correct its owner and rights, or choose another with --data-dir or NETRA_HOME.',
    ]);
  }
}

async function gitVersion(env: Readonly<Record<string, string>>, home: string): Promise<string | null> {
  const name = process.platform === 'win32' ? 'git.exe' : 'git';
  const path = Object.entries(env).find(([each]) => each.toUpperCase() === 'PATH')?.[1] ?? '';
  for (const folder of path.split(delimiter)) {
    if (folder === '' || !(await isProgramOnDisk(join(folder, name)))) continue;
    const git = { file: join(folder, name), prefix: [] };
    const answer = await askProgram(git, ['--version'], { env, cwd: home, timeoutMs: 5000 });
    if (answer.exitCode === 0) return answer.stdout.trim();
  }
  return null;
}

async function gitCheck(env: Readonly<Record<string, string>>, home: string): Promise<DoctorCheck> {
  const version = await gitVersion(env, home);
  return version === null
    ? check('git', 'Git', 'warning', [
        'Git was not found in PATH.',
        'Install Git: Claude Code uses it to see and commit changes.',
      ])
    : check('git', 'Git', 'ok', [version, null]);
}

function nodeCheck(version: string): DoctorCheck {
  const major = Number.parseInt(version, 10);
  return check('node', 'Node', major >= LEAST_NODE_MAJOR ? 'ok' : 'failed', [
    `Node ${version}`,
    `Run Netra with Node ${String(LEAST_NODE_MAJOR)} or newer.`,
  ]);
}

type ClaudePart = Pick<DoctorReport, 'claude' | 'failure'> & { readonly checks: readonly DoctorCheck[] };

const notFound = ({ message }: Failure): DoctorCheck =>
  check('claude', 'Claude Code', 'failed', [
    message,
    'Install Claude Code (https://code.claude.com/docs/en/setup), or say where it is with --claude.',
  ]);

const notAsked = ({ message }: Failure): DoctorCheck =>
  check('claude_features', 'Abilities', 'failed', [message, 'Start it in a terminal and see what it says.']);

async function examineFound(
  found: FoundClaude,
  installation: ClaudeInstallation,
  signIn: SignIn,
): Promise<ClaudePart> {
  const place = check('claude', 'Claude Code', 'ok', [`${found.path} (${found.how})`, null]);
  const account = { path: found.path, signedIn: signIn.signedIn, signInMethod: signIn.method };
  try {
    const features = await installation.features(found.launch);
    return {
      checks: [place, versionCheck(features), featuresCheck(features), signInCheck(signIn)],
      claude: { ...account, version: features.version, features: features.flags },
      failure: null,
    };
  } catch (error) {
    const failure = failureOf(error, 'claude.probe_failed');
    const checks = [place, notAsked(failure), signInCheck(signIn)];
    return { checks, claude: { ...account, version: null, features: {} }, failure };
  }
}

async function examineClaude(
  installation: ClaudeInstallation,
  env: Readonly<Record<string, string>>,
  home: string,
): Promise<ClaudePart> {
  try {
    const found = await installation.find();
    return await examineFound(found, installation, await askSignIn(found.launch, env, home));
  } catch (error) {
    const failure = failureOf(error, 'claude.not_found');
    return { checks: [notFound(failure)], claude: null, failure };
  }
}

/**
 * Looks whether this machine can run Claude Code and with what: where it is, its version and abilities, whether the
 * person is signed in, the data directory, Git, Node. What is wrong is in the report with what to do; no secret is.
 */
export async function doctor({
  installation,
  dataDir,
  home,
  nodeVersion,
}: DoctorOptions): Promise<DoctorReport> {
  const env = allowedEnvironment(await installation.environment());
  const [claude, directory, git] = await Promise.all([
    examineClaude(installation, env, home),
    dataDirCheck(dataDir),
    gitCheck(env, home),
  ]);
  return { ...claude, checks: [...claude.checks, directory, git, nodeCheck(nodeVersion)] };
}
