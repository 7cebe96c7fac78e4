import type { Scene } from '../scene.ts';
import { delegate, review } from './delegate.ts';
import { edit } from './edit.ts';
import { explore } from './explore.ts';
import { overloaded, rateLimit } from './limits.ts';

/** The scenes of the demo by name, as `SCENE=name` in a prompt calls them. */
export const demoScenes: ReadonlyMap<string, Scene> = new Map(
  [explore, edit, delegate, review, rateLimit, overloaded].map((scene) => [scene.key, scene]),
);
