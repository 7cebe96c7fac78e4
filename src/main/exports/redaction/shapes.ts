/** A shape that secrets have. Where the pattern has a group called `secret`, that is the secret, else all of the match. */
export type SecretShape = { readonly kind: string; readonly pattern: RegExp };

// Every repetition is bounded or stands behind fixed letters: a hostile text is read in time that grows with its length.

/** Ends of names whose values are secrets. */
const secretName =
  '(?:api[_-]?key|access[_-]?key|private[_-]?key|secret[_-]?key|signing[_-]?key|encryption[_-]?key|master[_-]?key|auth[_-]?key|account[_-]?key|_key|token|secret|password|passwd|_pwd|passphrase|credentials?)';

/** A value that stands for a secret and is none: a variable, or no value at all. */
const noSecret =
  '(?!(?:null|none|nil|undefined|true|false)\\b|\\$\\{?[A-Za-z_]\\w*\\}?(?:[\\s"\';]|$)|\\[redacted|\\*{3})';

/** The name of a header up to its value, as in a request, on a command line or in JSON. */
const headerStart = (names: string): string =>
  `(?<![a-z-])(?:${names})\\\\?["']?[ \\t]{0,4}[:=][ \\t]{0,4}\\\\?["']?`;

const shape = (kind: string, pattern: string, flags = ''): SecretShape => ({
  kind,
  pattern: new RegExp(pattern, `g${flags}`),
});

/** Well-known shapes; those that hold others come first. */
export const secretShapes: readonly SecretShape[] = [
  shape(
    'private key',
    '-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----' +
      '(?:(?:(?!-----(?:END|BEGIN))[^]){0,20000}-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|[A-Za-z0-9+/=\\s\\\\→|:.]{0,20000})',
  ),
  shape(
    'password in an address',
    '(?<=://)(?<secret>[^\\s/?#"\'<>@:\\\\]{0,256}:[^\\s/?#"\'<>@\\\\]{1,1024}|[^\\s/?#"\'<>@:\\\\]{16,1024})(?=@)',
  ),
  shape(
    'authorization header',
    `${headerStart('authorization|x-api-key|x-auth-token|x-goog-api-key|api-key')}(?<secret>(?:aws4-hmac-sha256|digest)[ \\t][^\\r\\n"'\\\\]{1,4096}|(?:(?:bearer|basic|token|negotiate)[ \\t]{1,4})?${noSecret}[^\\s"'\\\\,;]{8,4096})`,
    'i',
  ),
  shape(
    'cookie',
    `${headerStart('set-cookie|cookie')}(?<secret>[^\\s"'\\\\=;]{1,256}=[^\\r\\n"'\\\\]{1,4096})`,
    'i',
  ),
  shape(
    'authorization header',
    '(?<![a-z])bearer[ \\t]{1,4}(?<secret>[A-Za-z0-9._~+/-]{16,4096}={0,2})',
    'i',
  ),
  shape('JSON Web Token', 'eyJ[A-Za-z0-9_-]{8,4096}\\.[A-Za-z0-9_-]{8,8192}\\.[A-Za-z0-9_-]{0,2048}'),
  shape('Anthropic key', 'sk-ant-[A-Za-z0-9_-]{16,256}'),
  shape('OpenAI key', '(?<![A-Za-z0-9])sk-(?=[A-Za-z0-9_-]{0,256}[0-9])[A-Za-z0-9_-]{20,256}'),
  shape('AWS key', '(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])'),
  shape('GitHub token', '(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})'),
  shape('GitLab token', 'glpat-[A-Za-z0-9_-]{20,64}'),
  shape('npm token', 'npm_[A-Za-z0-9]{36}'),
  shape('Slack token', '(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,255}'),
  shape(
    'Slack token',
    '(?<=hooks\\.slack\\.com/services/)T[A-Z0-9]{6,20}/B[A-Z0-9]{6,20}/[A-Za-z0-9]{16,40}',
  ),
  shape('Google key', '(?:AIza[A-Za-z0-9_-]{35}|ya29\\.[A-Za-z0-9_-]{20,512}|GOCSPX-[A-Za-z0-9_-]{20,64})'),
  shape('Stripe key', '(?:(?:sk|rk)_(?:live|test)_|whsec_)[A-Za-z0-9]{16,128}'),
  shape('assigned secret', `${secretName}=(?<secret>${noSecret}[^\\s"'\`;&|<>(){}\\[\\],\\\\]{1,4096})`, 'i'),
  shape(
    'assigned secret',
    `${secretName}\\\\?["']?[ \\t]{0,4}[:=][ \\t]{0,4}\\\\?(?<quote>["'])(?<secret>${noSecret}[^"'\\r\\n]{1,4096}?)(?=\\\\?\\k<quote>)`,
    'i',
  ),
  shape(
    'assigned secret',
    `(?<=^[ \\t]{0,40}(?:- |export )?[\\w.-]{0,60})${secretName}[ \\t]{0,4}:[ \\t]{1,4}(?<secret>${noSecret}[^\\s"'#][^\\s]{0,4096})(?=[ \\t]*$)`,
    'im',
  ),
  shape(
    'assigned secret',
    `(?:_KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)[ \\t]{0,4}[:=][ \\t]{1,4}(?<secret>${noSecret}[^\\s"'#<>(){}\\[\\]][^\\s]{5,4096})`,
  ),
  shape(
    'assigned secret',
    `${secretName}[ \\t]{0,4}[:=][ \\t]{1,4}(?<secret>${noSecret}(?=[^\\s]{0,64}[0-9])[^\\s"'#<>(){}\\[\\]][^\\s()]{7,4096})`,
    'i',
  ),
];

/** What stands between a name and its value, also where a text is within JSON: quotes, escapes, a tab written as `\t`. */
const beforeValue = `[\\\\"' \\tt]{0,12}[:=]`;

const mayBe = [
  'PRIVATE KEY',
  '://[^\\s/?#"\'<>]{0,1300}@',
  `(?:authorization|x-api-key|x-auth-token|api-key|cookie|${secretName.slice(3, -1)})${beforeValue}`,
  'bearer(?:[ \\t]|\\\\+t)',
  'eyJ[A-Za-z0-9_-]{8}',
  'sk-[A-Za-z0-9_-]{16}',
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}',
  'gh[pousr]_[A-Za-z0-9]{22}|github_pat_|glpat-|npm_[A-Za-z0-9]{36}',
  'xox[abeoprs]-|xapp-|hooks\\.slack\\.com',
  'AIza|ya29\\.|GOCSPX-',
  '(?:live|test)_[A-Za-z0-9]{16}|whsec_',
];

/**
 * A text without any of these has no secret of the shapes above, nor has JSON without them a field of such a name: nearly all
 * texts need only this one look.
 */
export const mayHoldSecret = new RegExp(mayBe.join('|'), 'i');

/** The names of fields whose text is a secret. */
export const secretField = new RegExp(`(?:${secretName}|^authorization|^cookie|^x-api-key)$`, 'i');
