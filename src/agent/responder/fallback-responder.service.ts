import { type EventLogger, InfrastructureError } from '@app/common';
import type { BuiltInResponder } from './built-in-responder.service';
import { Responder, type ResponderEvent, type TurnInput } from './responder';

/** Lets the built-in responder answer when the model cannot, and says that the answer is a lesser one. */
export class FallbackResponder extends Responder {
  constructor(
    private readonly primary: Responder,
    private readonly builtIn: BuiltInResponder,
    private readonly events: EventLogger,
  ) {
    super();
  }

  /**
   * What the model has said already is taken back where that is still possible (`input.canTakeBack`).
   * @throws the model's error when part of its answer is out, and the reason of the signal
   */
  override async *respond(input: TurnInput): AsyncIterable<ResponderEvent> {
    let hasSpoken = false;
    try {
      for await (const event of this.primary.respond(input)) {
        hasSpoken ||= event.type === 'token';
        yield event;
      }
      return;
    } catch (error) {
      input.signal.throwIfAborted();
      const isLost = hasSpoken && !input.canTakeBack;
      if (isLost || !isModelFailure(error)) throw error;
      this.events.warn('chat_model_failed', { error_code: error.error_code, fallback: 'builtin', err: error });
    }
    if (hasSpoken) yield { type: 'taken_back' };
    for await (const event of this.builtIn.respond(input)) {
      yield event.type === 'end' ? { ...event, degraded: true } : event;
    }
  }
}

function isModelFailure(error: unknown): error is InfrastructureError {
  return error instanceof InfrastructureError && error.error_code.startsWith('LLM_');
}
