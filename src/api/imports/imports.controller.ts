import type { Readable } from 'node:stream';
import {
  ApiAnswer,
  ApiErrors,
  CurrentUser,
  EventStream,
  NoDeadline,
  RateLimit,
  Scopes,
  StreamedBody,
  type User,
} from '@app/common';
import {
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  UseGuards,
  UseInterceptors,
  StreamableFile,
} from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Replayable } from '../../services/idempotency/idempotency.service';
import { IdempotencyKey } from '../idempotency/idempotency-key.decorator';
import { ApiIdempotencyKey } from '../idempotency/idempotent.decorator';
import { ReplayInterceptor } from '../idempotency/replay.interceptor';
import { ImportRequests } from './import.requests';
import { ImportAnswer, ImportListAnswer, ImportReceiptAnswer } from './imports.answers';
import { ListImportsQueryDto } from './imports.dto';
import { AnnouncedSizeGuard } from './announced-size.guard';
import { UPLOAD_BODY, UPLOAD_TYPES, UploadedBytes } from './upload.decorator';

@ApiTags('imports')
@Controller({ path: 'imports', version: '1' })
export class ImportsController {
  constructor(private readonly requests: ImportRequests) {}

  @Post()
  @HttpCode(202)
  @Scopes('health:write')
  @RateLimit('imports')
  @StreamedBody(...UPLOAD_TYPES)
  @UseGuards(AnnouncedSizeGuard)
  @UseInterceptors(ReplayInterceptor)
  @ApiOperation({ summary: 'Upload an Apple Health export (zip or XML) to be imported' })
  @ApiConsumes(...UPLOAD_TYPES)
  @ApiBody({ schema: UPLOAD_BODY })
  @ApiAnswer(ImportReceiptAnswer, { status: 202, description: 'The upload is safe and will be imported' })
  @ApiIdempotencyKey()
  @ApiErrors('IMPORT_FILE_UNREADABLE', 'REQUEST_BODY_TOO_LARGE', 'STORAGE_DISK_FULL', 'STORAGE_IO_FAILED')
  upload(
    @CurrentUser() user: User,
    @UploadedBytes() content: Readable,
    @IdempotencyKey() key?: string,
  ): Promise<Replayable<ImportReceiptAnswer>> {
    return this.requests.upload(user, content, key);
  }

  @Get()
  @Scopes('health:read')
  @ApiOperation({ summary: 'Imports, the latest first' })
  @ApiAnswer(ImportListAnswer, { description: 'A page of imports' })
  list(@CurrentUser() user: User, @Query() query: ListImportsQueryDto): Promise<ImportListAnswer> {
    return this.requests.list(user, query);
  }

  @Get(':id')
  @Scopes('health:read')
  @ApiOperation({ summary: 'How an import goes, or how it ended' })
  @ApiAnswer(ImportAnswer, { description: 'The import' })
  @ApiErrors('IMPORT_JOB_NOT_FOUND')
  one(@CurrentUser() user: User, @Param('id') id: string): Promise<ImportAnswer> {
    return this.requests.one(user, id);
  }

  @EventStream(':id/events')
  @NoDeadline()
  @Scopes('health:read')
  @ApiOperation({ summary: 'How an import goes, as it goes: `progress` events, then `done` or `error`' })
  @ApiOkResponse({ description: 'Server-sent events; the data of `progress` and `done` is the import' })
  @ApiErrors('IMPORT_JOB_NOT_FOUND')
  events(@CurrentUser() user: User, @Param('id') id: string): Promise<StreamableFile> {
    return this.requests.events(user, id);
  }

  @Delete(':id')
  @Scopes('health:write')
  @ApiOperation({ summary: 'Cancel an import; what it has stored stays' })
  @ApiAnswer(ImportAnswer, { description: 'The import; one that had ended already is unchanged' })
  @ApiErrors('IMPORT_JOB_NOT_FOUND')
  cancel(@CurrentUser() user: User, @Param('id') id: string): Promise<ImportAnswer> {
    return this.requests.cancel(user, id);
  }
}
