import rules from './.dependency-cruiser.mjs';

/**
 * What a program loads as it starts. Type-only imports load nothing, and dynamic ones later, so neither counts here.
 */

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'store-threads-load-no-zod',
      comment: 'It would cost each of them a quarter of its start.',
      severity: 'error',
      from: { path: '^src/main/store/worker\\.ts$' },
      to: { path: '(^|/)node_modules/zod/', reachable: true },
    },
  ],
  options: { ...rules.options, tsPreCompilationDeps: false, exclude: { dynamic: true } },
};
