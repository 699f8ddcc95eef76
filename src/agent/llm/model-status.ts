import type { ErrorCode } from '@app/common';
import { Injectable } from '@nestjs/common';

/** Whether the endpoint refuses us for a reason that only the configuration can mend: a wrong key, an unknown model. */
@Injectable()
export class ModelStatus {
  private current: ErrorCode | undefined;

  get fault(): ErrorCode | undefined {
    return this.current;
  }

  noteAnswer(): void {
    this.current = undefined;
  }

  noteRefusal(code: ErrorCode): void {
    this.current = code;
  }
}
