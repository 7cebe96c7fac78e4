import { config } from 'zod';

// zod looks for `new Function` on first use; under our CSP that would report a violation at every start.
config({ jitless: true });
