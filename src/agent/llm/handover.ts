const CAPACITY = 16;

/**
 * Hands items over to one reader as they come. Whoever gives waits while the reader is `CAPACITY` items behind, and is
 * told when there is none any more.
 */
export class Handover<T> {
  private readonly writer: WritableStreamDefaultWriter<T>;
  private readonly readable: ReadableStream<T>;

  /** @param over aborts when nobody reads any more, even if the reader itself does not say so */
  constructor(over: AbortSignal) {
    const { readable, writable } = new TransformStream<T, T>(
      undefined,
      undefined,
      new CountQueuingStrategy({ highWaterMark: CAPACITY }),
    );
    this.readable = readable;
    this.writer = writable.getWriter();
    over.addEventListener('abort', () => void this.settled(this.writer.abort(over.reason)), { once: true });
  }

  /** False when nobody reads any more. */
  give(item: T): Promise<boolean> {
    return this.settled(this.writer.write(item));
  }

  /** What was given before is still read. */
  async end(): Promise<void> {
    await this.settled(this.writer.close());
  }

  items(): AsyncIterable<T> {
    return this.readable;
  }

  /** Writing fails for one reason alone, and that is an answer. */
  private async settled(done: Promise<void>): Promise<boolean> {
    return done.then(
      () => true,
      () => false,
    );
  }
}
