import { Module } from '@nestjs/common';
import { CONFIG } from '../../config/config.module';
import type { Config } from '../../config/config.schema';
import { ChatSessionsRepository, SESSION_TTL_MS } from './chat-sessions.repository';
import { ErasureNoticesModule } from '../erasure/erasure-notices.module';
import { ChatSessionsService } from './chat-sessions.service';
import { LateTurns } from './late-turns.service';

const DAY_MS = 86_400_000;

@Module({
  imports: [ErasureNoticesModule],
  providers: [
    {
      provide: SESSION_TTL_MS,
      inject: [CONFIG],
      useFactory: ({ SESSION_TTL_DAYS }: Config) => SESSION_TTL_DAYS * DAY_MS,
    },
    ChatSessionsRepository,
    ChatSessionsService,
    LateTurns,
  ],
  exports: [ChatSessionsService],
})
export class ChatSessionsModule {}
