/** Where another program of this person asks for a link that lets a browser in. */
export const linkPath = '/link';

/** Where the engine's contract is, by WebSocket. */
export const socketPath = '/rpc';
