import type { Failure } from '../domain/failure.ts';

/** One thing the doctor looked at. `fix` says what to do when it is not `ok`. */
export type DoctorCheck = {
  readonly id:
    'claude' | 'claude_version' | 'claude_features' | 'sign_in' | 'data_dir' | 'git' | 'keychain' | 'node';
  readonly title: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  readonly fix: string | null;
};

/** Whether this machine can run Claude Code, and with what. */
export type DoctorReport = {
  readonly checks: readonly DoctorCheck[];
  readonly claude: {
    readonly path: string;
    readonly version: string | null;
    /** Flags and abilities that were looked for, and whether this version has them. */
    readonly features: Readonly<Record<string, boolean>>;
    readonly signedIn: boolean | null;
    readonly signInMethod: string | null;
  } | null;
  readonly failure: Failure | null;
};
