import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { planJsonSchema } from '../src/shared/domain/plan/plan-schema.ts';
import { inRoot, runMain } from './toolchain.mjs';

// Writes the JSON Schema of plans for editors. Needs Node 24, which reads TypeScript: `npx node scripts/plan-schema.mjs`.
await runMain(async () => {
  const file = inRoot('resources', 'plan.schema.json');
  const options = { ...(await resolveConfig(file)), filepath: file };
  writeFileSync(file, await format(JSON.stringify(planJsonSchema()), options));
  console.log(`Written: ${file}`);
  return 0;
});
