/** The work did not end in the time it had. */
export class ToolTimeout extends Error {
  constructor(readonly timeoutMs: number) {
    super(`not finished after ${timeoutMs} ms`);
    this.name = 'ToolTimeout';
  }
}

/**
 * Runs `work` for at most `timeoutMs` and no longer than `outer` allows. Its signal tells it to stop; work that does
 * not listen is left behind, and what becomes of it then no longer matters to anybody.
 * @throws ToolTimeout, the reason of `outer`, or what `work` throws
 */
export async function runWithin<T>(
  timeoutMs: number,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer.throwIfAborted();
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new ToolTimeout(timeoutMs)), timeoutMs);
  const signal = AbortSignal.any([outer, timeout.signal]);
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(signal), stopped]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
