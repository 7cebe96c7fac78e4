import { z } from 'zod';
import { askProgram, type Launch } from '../process/ask-program.ts';

/** Whether a person is signed in to Claude; null where this version cannot say. No secret is in it. */
export type SignIn = {
  readonly signedIn: boolean | null;
  /** In the CLI's own words: `claude.ai`, `api_key`, `bedrock` … */
  readonly method: string | null;
  readonly detail: string;
};

const statusSchema = z.object({
  loggedIn: z.boolean(),
  authMethod: z.string().optional(),
  apiProvider: z.string().optional(),
});

const SIGN_IN_TIMEOUT_MS = 10_000;

const methodOf = ({ authMethod, apiProvider }: z.infer<typeof statusSchema>): string | null => {
  if (authMethod !== undefined && authMethod !== 'none') return authMethod;
  return apiProvider === undefined || apiProvider === 'firstParty' ? null : apiProvider;
};

/** Reads what `claude auth status` printed; of its fields only those without names of people are taken. */
export function signInOf(stdout: string): SignIn {
  const status = statusSchema.safeParse(jsonIn(stdout));
  if (!status.success) {
    return {
      signedIn: null,
      method: null,
      detail: 'This version of Claude Code does not say whether it is signed in.',
    };
  }
  const method = methodOf(status.data);
  return status.data.loggedIn
    ? { signedIn: true, method, detail: `Signed in${method === null ? '' : ` (${method})`}.` }
    : { signedIn: false, method: null, detail: 'Not signed in.' };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Asks Claude Code itself, within 10 s, with the environment that its instances get. Never throws. */
export async function askSignIn(
  launch: Launch,
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<SignIn> {
  const answer = await askProgram(launch, ['auth', 'status'], { env, cwd, timeoutMs: SIGN_IN_TIMEOUT_MS });
  if (answer.trouble === null) return signInOf(answer.stdout);
  return { signedIn: null, method: null, detail: `"claude auth status" gave no answer: ${answer.trouble}.` };
}
