import { EventLogger, METRICS, Metrics } from '@app/common';
import { Injectable } from '@nestjs/common';
import { BUILT_IN } from '../responder/built-in-responder.service';

/** Who answers, and whether what is answered holds. */
@Injectable()
export class ChatMetrics {
  constructor(metrics: Metrics, events: EventLogger) {
    const answers = metrics.counter(METRICS.chatAnswers);
    const checks = metrics.counter(METRICS.answerChecks);
    const numbers = metrics.counter(METRICS.answerNumbers);
    const fallbacks = metrics.counter(METRICS.chatFallbacks);
    events.on(
      'chat_answered',
      ({ answered_by: by, degraded, numbers_checked: checked, numbers_unmatched: unmatched }) => {
        answers
          .with({ answered_by: by === BUILT_IN ? 'builtin' : 'model', degraded: degraded ? 'true' : 'false' })
          .inc();
        checks.with({ verdict: checked === 0 ? 'no_numbers' : unmatched === 0 ? 'matched' : 'unmatched' }).inc();
        numbers.with({ verdict: 'matched' }).inc(Math.max(0, checked - unmatched));
        numbers.with({ verdict: 'unmatched' }).inc(unmatched);
      },
    );
    events.on('chat_model_failed', ({ error_code: code }) => fallbacks.with({ code }).inc());
  }
}
