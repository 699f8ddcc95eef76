import type { Readable } from 'node:stream';
import { currentContext, EventStreams, type StreamEvent, type User } from '@app/common';
import { Injectable, type StreamableFile } from '@nestjs/common';
import type { Replayable } from '../../services/idempotency/idempotency.service';
import { ImportsService } from '../../services/imports/imports.service';
import { decodeImportCursor, encodeImportCursor } from './import-cursor';
import type { ImportAnswer, ImportListAnswer, ImportReceiptAnswer } from './imports.answers';
import type { ListImportsQueryDto } from './imports.dto';
import { presentImport, presentReceipt } from './imports.presenter';

/** The routes of imports: request in, answer out. */
@Injectable()
export class ImportRequests {
  constructor(
    private readonly imports: ImportsService,
    private readonly streams: EventStreams,
  ) {}

  async upload(user: User, content: Readable, idempotencyKey?: string): Promise<Replayable<ImportReceiptAnswer>> {
    const { answer, replayed } = await this.imports.accept(user.id, { content, idempotencyKey });
    return { answer: presentReceipt(answer), replayed };
  }

  async list(user: User, { limit, cursor }: ListImportsQueryDto): Promise<ImportListAnswer> {
    const before = cursor === undefined ? undefined : decodeImportCursor(cursor);
    const { imports, next } = await this.imports.list(user.id, limit, before);
    return { imports: imports.map(presentImport), next_cursor: next === null ? null : encodeImportCursor(next) };
  }

  async one(user: User, importId: string): Promise<ImportAnswer> {
    return presentImport(await this.imports.get(user.id, importId));
  }

  async cancel(user: User, importId: string): Promise<ImportAnswer> {
    return presentImport(await this.imports.cancel(user.id, importId));
  }

  async events(user: User, importId: string): Promise<StreamableFile> {
    return this.streams.open(this.eventsOf(user, importId), { name: 'import events' });
  }

  private async *eventsOf(user: User, importId: string): AsyncGenerator<StreamEvent> {
    for await (const { type, state } of this.imports.watch(user.id, importId, currentContext()?.signal)) {
      yield { type, data: presentImport(state) };
    }
  }
}
