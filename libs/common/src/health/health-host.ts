import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Drain } from '../http/drain';

/** What the process itself knows about its state. */
@Injectable()
export class HealthHost {
  constructor(
    private readonly http: HttpAdapterHost,
    private readonly drain: Drain,
  ) {}

  get isListening(): boolean {
    return this.http.listening;
  }

  get isDraining(): boolean {
    return this.drain.phase !== 'serving';
  }
}
