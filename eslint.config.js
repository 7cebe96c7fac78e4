import { basename } from 'node:path';
import { defineConfig } from 'eslint/config';
// @ts-expect-error the plugin has no types
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const sources = '**/*.{ts,tsx,js,mjs}';
const page = 'src/renderer/**/*.{ts,tsx}';

/** @type {import('eslint').Rule.RuleModule} */
const kebabCaseFile = {
  meta: { type: 'suggestion', schema: [], messages: { name: '"{{name}}" is not kebab-case.' } },
  create: (context) => ({
    Program: (node) => {
      const name = basename(context.filename);
      const isKebab = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)+$/.test(name);
      if (!isKebab) context.report({ node, messageId: 'name', data: { name } });
    },
  }),
};

/** Shapes that are wrong everywhere. */
const bannedEverywhere = [
  { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
  { selector: 'TSEnumDeclaration', message: 'Use a union of strings.' },
  {
    selector: 'AssignmentExpression[left.property.name=/^(inner|outer)HTML$/]',
    message: 'What agents write is hostile text: no raw HTML.',
  },
  {
    selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]',
    message: 'What agents write is hostile text: no raw HTML.',
  },
];

/** Blocking calls hold up every other instance of the process. */
const bannedBlocking = [
  {
    selector: 'CallExpression[callee.property.name=/Sync$/], CallExpression[callee.name=/Sync$/]',
    message: 'Do not block the event loop.',
  },
];

/** Electron's names with one door each. */
const electronDoors = {
  ipcMain: 'src/main/hosts/desktop/guarded-ipc.ts',
  shell: 'src/main/hosts/desktop/external-links.ts',
};

const electronBans = Object.entries(electronDoors).map(([name, door]) => ({
  selector: `ImportDeclaration[source.value=/^electron/] ImportSpecifier[imported.name="${name}"]`,
  message: `Only ${door} may use ${name}.`,
}));

/** @type {import('eslint').Linter.RulesRecord} */
const core = {
  'array-callback-return': 'error',
  complexity: ['error', { max: 12, variant: 'modified' }],
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'max-lines': ['error', 400],
  'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
  'no-alert': 'error',
  'no-console': 'error',
  'no-constant-binary-expression': 'error',
  'no-constructor-return': 'error',
  'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
  'no-empty': 'error',
  'no-eval': 'error',
  'no-fallthrough': 'error',
  'no-new-func': 'error',
  'no-param-reassign': 'error',
  'no-restricted-syntax': ['error', ...bannedEverywhere, ...bannedBlocking, ...electronBans],
  'no-self-compare': 'error',
  'no-sequences': 'error',
  'no-unsafe-finally': 'error',
  'no-useless-rename': 'error',
  'no-var': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
};

/** @type {import('eslint').Linter.RulesRecord} */
const typed = {
  '@typescript-eslint/consistent-type-exports': 'error',
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/explicit-module-boundary-types': 'error',
  '@typescript-eslint/max-params': ['error', { max: 4 }],
  '@typescript-eslint/no-confusing-void-expression': [
    'error',
    { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
  ],
  '@typescript-eslint/no-import-type-side-effects': 'error',
  '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
  '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
  // types are structural here: a port's fake is as good as the real one
  '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  '@typescript-eslint/no-unused-vars': 'off', // the compiler says it
  '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
  '@typescript-eslint/prefer-optional-chain': 'error',
  '@typescript-eslint/prefer-readonly': 'error',
  // `async` without `await` turns a throw into a rejection, which is what a port promises
  '@typescript-eslint/require-await': 'off',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
  ],
};

export default defineConfig(
  {
    ignores: [
      'out/',
      'node_modules/',
      '.tmp/',
      'test-results/',
      'playwright-report/',
      'test/fixtures/',
      'resources/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },
  {
    files: [sources],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { local: { rules: { 'kebab-case-file': kebabCaseFile } } },
    rules: { ...core, ...typed, 'local/kebab-case-file': 'error' },
  },
  {
    files: [page],
    extends: [reactHooks.configs.flat['recommended-latest'], jsxA11y.flatConfigs.strict],
    rules: {
      'max-lines-per-function': ['error', { max: 90, skipComments: true, skipBlankLines: true }],
      // a component's type is plain from its JSX
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      'jsx-a11y/no-autofocus': ['error', { ignoreNonDOM: true }],
      // what scrolls must be reached by the keyboard, and is a region with a name then
      'jsx-a11y/no-noninteractive-tabindex': ['error', { roles: ['region', 'tabpanel', 'log'] }],
      'react-hooks/exhaustive-deps': 'error',
      // the compiler leaves such a component as it is, which is right for a virtual list
      'react-hooks/incompatible-library': 'off',
      'react-hooks/unsupported-syntax': 'error',
    },
  },
  {
    files: Object.values(electronDoors),
    rules: { 'no-restricted-syntax': ['error', ...bannedEverywhere, ...bannedBlocking] },
  },
  {
    // These run in the store's threads, which are there to be blocked.
    files: [
      'src/main/spool/{seekable-writer,compress-file}.ts',
      'src/main/store/{event-block,backup,presence}.ts',
      'src/main/store/{upkeep/remove,upkeep/compress-spools,search/search-file,reads/read-census}.ts',
      'src/main/store/ledger/*.ts',
      'src/main/hosts/history/{scan,session-reading,session-spool,transcript-reader}.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', ...bannedEverywhere, ...electronBans] },
  },
  {
    files: ['src/main/hosts/cli/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['src/main/hosts/*/main.ts', 'src/main/**/worker.ts', 'src/main/**/*-worker.ts'],
    rules: { 'no-restricted-syntax': ['error', ...bannedEverywhere, ...electronBans] },
  },
  {
    files: ['test/**/*.{ts,tsx,mjs}', 'scripts/**/*.mjs', '*.{ts,js,mjs}'],
    rules: {
      complexity: 'off',
      'max-lines-per-function': 'off',
      'no-console': 'off',
      'no-restricted-syntax': ['error', ...bannedEverywhere],
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      // `expect.any()` is of type `any`
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['*.config.{ts,js,mjs}', '.dependency-cruiser*.mjs'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // JSON and plugins without types come in as `any`; JSDoc gives it its type where it is used
    files: ['**/*.{js,mjs}'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
