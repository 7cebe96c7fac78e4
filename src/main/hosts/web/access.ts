import { randomBytes, timingSafeEqual } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';

/** Who may come in: a browser by a one-time code and then a cookie, another program of this person by a bearer token. */
export interface Access {
  /** What another program sends as `Authorization: Bearer …`. */
  readonly bearerToken: string;
  /** Makes a code that lets one browser in, once. */
  newCode(): string;
  /** Uses a code up: true when it was good. */
  useCode(code: string): boolean;
  /** The value of a session's cookie, good for `sessionSeconds`. */
  newSession(): Promise<string>;
  isSession(value: string): Promise<boolean>;
  isBearer(authorization: string | undefined): boolean;
}

/** How long a browser stays signed in, in seconds; each load of the page starts it anew. */
export const sessionSeconds = 12 * 3600;

/** Codes that were never used are forgotten beyond this many, oldest first. */
const mostCodes = 32;

const algorithm = 'HS256';
const audience = 'netra-console';

const secret = (): string => randomBytes(32).toString('base64url');

const isSame = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};

/** Fresh secrets, kept in memory only: a new start of the program signs every browser out. */
export const createAccess = (): Access => {
  const key = randomBytes(32);
  const bearerToken = secret();
  const codes: string[] = [];
  return {
    bearerToken,
    newCode: () => {
      const code = secret();
      codes.push(code);
      if (codes.length > mostCodes) codes.shift();
      return code;
    },
    useCode: (code) => {
      const index = codes.findIndex((each) => isSame(each, code));
      if (index < 0) return false;
      codes.splice(index, 1);
      return true;
    },
    newSession: () =>
      new SignJWT()
        .setProtectedHeader({ alg: algorithm })
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(`${String(sessionSeconds)}s`)
        .sign(key),
    isSession: async (value) => {
      try {
        await jwtVerify(value, key, { algorithms: [algorithm], audience });
        return true;
      } catch (error) {
        if (error instanceof errors.JOSEError) return false;
        throw error;
      }
    },
    isBearer: (authorization) => isSame(authorization ?? '', `Bearer ${bearerToken}`),
  };
};
