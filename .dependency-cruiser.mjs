/**
 * Who may import whom: the architecture as rules. Type-only imports count; so does what is reached over several steps.
 */

/** Folders that implement the engine's ports; they know nothing of each other. */
const adapters = ['claude', 'store', 'workspace', 'credentials', 'netra'];
const anyAdapter = `^src/main/(${adapters.join('|')})/`;
const electron = '^(node_modules/electron/|electron($|/))';

/** @type {import('dependency-cruiser').DependencyType} */
const core = 'core';
/** @type {import('dependency-cruiser').DependencyType[]} */
const undeclared = ['npm-no-pkg', 'npm-unknown', 'undetermined'];

/** The one home of a package, wherever it needs to be swappable or is a risk elsewhere. */
const homes = {
  'better-sqlite3': '^src/main/store/',
  execa: '^src/main/(claude|workspace)/',
  keytar: '^src/main/credentials/',
  jose: '^src/main/(netra|hosts/web)/',
  ioredis: '^src/main/redis/',
  ws: '^src/main/hosts/web/',
  commander: '^src/main/hosts/cli/',
  'string-width': '^src/main/hosts/cli/',
  zustand: '^src/renderer/',
  react: '^src/renderer/',
};

/**
 * @template {object} From
 * @template {object} To
 * @param {string} name
 * @param {string} comment
 * @param {From} from
 * @param {To} to
 */
const forbid = (name, comment, from, to) => ({
  name,
  comment,
  severity: /** @type {const} */ ('error'),
  from,
  to,
});

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const layers = [
  forbid(
    'shared-is-alone',
    'What runs anywhere imports nothing of ours that does not.',
    { path: '^src/shared/' },
    { path: '^src/', pathNot: '^src/shared/' },
  ),
  forbid(
    'domain-knows-no-contract',
    'The domain does not know who asks.',
    { path: '^src/shared/domain/' },
    { path: '^src/shared/contract/' },
  ),
  forbid(
    'shared-and-page-run-without-node',
    'Node is neither where shared code may run nor in the page.',
    { path: '^src/(shared|renderer)/' },
    { dependencyTypes: [core] },
  ),
  forbid(
    'engine-imports-shared-only',
    'The engine knows the world through its ports.',
    { path: '^src/main/engine/' },
    { path: '^src/', pathNot: '^src/(shared|main/engine)/' },
  ),
  forbid(
    'engine-is-pure',
    'Timers, paths and processes come through ports.',
    { path: '^src/main/engine/' },
    { dependencyTypes: [core], pathNot: '^(node:)?events$' },
  ),
  forbid(
    'adapters-implement-ports',
    'An adapter knows shared types, the ports of the engine, how spools are kept, and itself.',
    { path: anyAdapter },
    {
      path: '^src/',
      pathNot: [
        '^src/shared/',
        '^src/main/engine/(workspace-|store-)?ports\\.ts$',
        '^src/main/spool/',
        '^src/main/$1/',
      ],
    },
  ),
  forbid(
    'exports-know-ports-only',
    'What is written out and taken in comes through the ports of the engine, and from the spool.',
    { path: '^src/main/exports/' },
    {
      path: '^src/',
      pathNot: ['^src/shared/', '^src/main/engine/(store-)?ports\\.ts$', '^src/main/(exports|spool)/'],
    },
  ),
  forbid(
    'spool-imports-shared-only',
    'How spools are kept is known to adapters, and knows none of them.',
    { path: '^src/main/spool/' },
    { path: '^src/', pathNot: '^src/(shared|main/spool)/' },
  ),
  forbid(
    'demo-imports-shared-only',
    'The demo plays the part of the outside world.',
    { path: '^src/main/demo/' },
    { path: '^src/', pathNot: '^src/(shared|main/demo)/' },
  ),
  forbid(
    'api-imports-engine-and-shared',
    'The contract is implemented over the engine; what is behind it is not asked.',
    { path: '^src/main/api/' },
    { path: '^src/', pathNot: '^src/(shared|main/(engine|api))/' },
  ),
  forbid(
    'nobody-imports-hosts',
    'Hosts choose the parts, not the other way round.',
    { path: '^src/', pathNot: '^src/main/hosts/' },
    { path: '^src/main/hosts/' },
  ),
  forbid(
    'only-desktop-reaches-electron',
    'Everything else runs on plain Node or in any browser.',
    { path: '^src/', pathNot: '^src/(main/hosts/desktop|preload)/' },
    { path: electron, reachable: true },
  ),
  forbid(
    'page-reaches-shared-only',
    'The page talks to the engine through the contract.',
    { path: '^src/renderer/' },
    { path: '^src/', pathNot: '^src/(renderer|shared)/', reachable: true },
  ),
  forbid(
    'preload-is-a-door',
    'The preload hands things over; it does nothing itself.',
    { path: '^src/preload/' },
    { path: '^(src/|node_modules/|[a-z])', pathNot: ['^src/(preload|shared/contract)/', electron] },
  ),
  forbid(
    'ui-knows-no-subject',
    'Primitives have no words of the product.',
    { path: '^src/renderer/ui/' },
    { path: '^src/renderer/(app|features)/' },
  ),
  forbid(
    'data-draws-nothing',
    'The client and the live streams stand below what shows them.',
    { path: '^src/renderer/data/' },
    { path: '^src/renderer/(app|features|ui)/' },
  ),
  forbid(
    'features-do-not-know-the-shell',
    'The shell composes features; what both need are addresses, panels and keys.',
    { path: '^src/renderer/features/' },
    { path: '^src/renderer/app/', pathNot: '/app/(routes|panels|keyboard)\\.ts$' },
  ),
];

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const everywhere = [
  forbid('no-cycles', 'A cycle is one module that pretends to be several.', {}, { circular: true }),
  forbid('resolvable', 'An import that leads nowhere.', {}, { couldNotResolve: true }),
  forbid('declared', 'Every package is in package.json.', { path: '^src/' }, { dependencyTypes: undeclared }),
  forbid(
    'product-does-not-import-its-tests',
    'Tests and scripts are not shipped.',
    { path: '^src/' },
    { path: '^(test|scripts)/' },
  ),
  ...Object.entries(homes).map(([name, home]) =>
    forbid(
      `${name}-has-one-home`,
      `Only ${home} imports ${name}.`,
      { path: '^src/', pathNot: home },
      { path: `^node_modules/(@types/)?${name}(-dom)?/` },
    ),
  ),
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [...layers, ...everywhere],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.css', '.svg', '.d.ts'],
    },
  },
};
