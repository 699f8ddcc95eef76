export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly correlation_id?: string;
  readonly [field: string]: unknown;
}

/** A log destination that keeps what was written. */
export class LogCapture {
  private written = '';

  write(chunk: string): void {
    this.written += chunk;
  }

  /** Everything, as it was written: to look for what should not be there. */
  get text(): string {
    return this.written;
  }

  get lines(): LogLine[] {
    return this.written
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogLine);
  }

  named(event: string): LogLine[] {
    return this.lines.filter((line) => line.event === event);
  }

  clear(): void {
    this.written = '';
  }
}
