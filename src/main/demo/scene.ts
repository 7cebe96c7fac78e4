/** One block of an assistant message, as the Messages API knows it. */
export type SceneBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string }
  | { readonly type: 'tool_use'; readonly name: string; readonly input: Readonly<Record<string, unknown>> };

/** One assistant message. `waitMs` passes before its first byte, `deltaMs` before each of its deltas. */
export interface SceneTurn {
  readonly blocks: readonly SceneBlock[];
  readonly waitMs?: number;
  readonly deltaMs?: number;
}

/**
 * What goes wrong with the first `times` requests of a prompt, before the scene plays as written; where
 * `fromStep` is given, of the requests from that step on.
 */
export type SceneFailure = {
  readonly times: number;
  readonly fromStep?: number;
} & (
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly retryAfterSeconds?: number;
      /** A 429 that says that the account's usage limit is reached, and resets after so long. */
      readonly limitSeconds?: number;
    }
  | { readonly kind: 'cut'; readonly afterDeltas: number }
);

/** What the scripted API answers to one prompt: the first request gets the first turn, and so on. */
export interface Scene {
  readonly key: string;
  readonly turns: readonly SceneTurn[];
  readonly failure?: SceneFailure;
}

const closing: SceneTurn = { blocks: [{ type: 'text', text: 'Noted.' }] };

/** The turn of a scene for a step counted from 0. A scene that is over answers any further request with one short line. */
export function turnAt(scene: Scene, step: number): SceneTurn {
  return scene.turns[step] ?? closing;
}

/** Whether a turn asks for a tool, so that the conversation goes on with its result. */
export function asksForTool(turn: SceneTurn): boolean {
  return turn.blocks.some((block) => block.type === 'tool_use');
}
