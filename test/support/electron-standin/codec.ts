import { type Codec, createCodec } from './page/codec.ts';

/** The codec of pages, on Node's side. */
export const codec: Codec = createCodec({
  to: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
  from: (text) => Uint8Array.from(Buffer.from(text, 'base64')),
});
