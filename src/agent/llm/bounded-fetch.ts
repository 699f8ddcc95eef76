import { ModelError } from './model-error';

/**
 * `fetch` for a server that may lie: an answer of more than `maxBytes` is broken off, and no redirect is followed, since
 * it would carry questions about somebody's health to a place nobody has configured.
 */
export function boundedFetch(maxBytes: number): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'manual' });
    if (response.body === null) return response;
    return new Response(response.body.pipeThrough(limit(maxBytes)), response);
  };
}

function limit(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) controller.error(new ModelError('garbled'));
      else controller.enqueue(chunk);
    },
  });
}
