import { setTimeout as sleep } from 'node:timers/promises';
import { Readable } from 'node:stream';
import {
  currentContext,
  Deadline,
  EventStream,
  EventStreams,
  HealthDataNotFoundError,
  InfrastructureError,
  Public,
  RateLimitError,
  RawResponse,
  RedisConnectionError,
  StreamedBody,
} from '@app/common';
import {
  Body,
  type CallHandler,
  type CanActivate,
  Controller,
  Delete,
  type ExecutionContext,
  ForbiddenException,
  Get,
  HttpException,
  Injectable,
  type NestInterceptor,
  Param,
  ParseIntPipe,
  type PipeTransform,
  Post,
  Query,
  Req,
  RequestMethod,
  Res,
  StreamableFile,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsString, MaxLength, Min, ValidateNested } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, throwError } from 'rxjs';

/** A host, a password and a token that must never leave the process. */
export const SECRET = 'hunter2-s3cr3t';
export const SECRET_URL = `redis://admin:${SECRET}@redis.internal:6379`;

class RecordDto {
  @IsInt()
  @Min(0)
  end!: number;
}

export class FormDto {
  @IsString()
  @MaxLength(5)
  name!: string;

  @IsString()
  @MaxLength(3)
  password!: string;

  @ValidateNested({ each: true })
  @Type(() => RecordDto)
  records!: RecordDto[];
}

@Injectable()
class FailingGuard implements CanActivate {
  canActivate(): boolean {
    throw new Error(`guard saw ${SECRET}`);
  }
}

@Injectable()
class FailingInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, _next: CallHandler): Observable<unknown> {
    return throwError(() => new Error(`interceptor saw ${SECRET}`));
  }
}

@Injectable()
class FailingPipe implements PipeTransform {
  transform(): never {
    throw new Error(`pipe saw ${SECRET}`);
  }
}

function circular(): Error {
  const error = new Error(`round and round ${SECRET}`);
  error.cause = error;
  return error;
}

/** What `throw` can be given, by name. */
const THROWN: Readonly<Record<string, () => unknown>> = {
  string: () => `a string with ${SECRET}`,
  null: () => null,
  undefined: () => undefined,
  number: () => 42,
  frozen: () => Object.freeze(new Error('frozen')),
  circular,
  hostile: () =>
    new Proxy(new Error('hostile'), {
      get: () => {
        throw new Error('do not touch');
      },
    }),
  driver: () =>
    Object.assign(new Error(`connect ECONNREFUSED ${SECRET_URL}`), {
      code: 'ECONNREFUSED',
      config: { headers: { authorization: SECRET } },
    }),
  status: () => Object.assign(new Error('upstream said 401'), { status: 401, statusCode: 401 }),
  redis: () => new RedisConnectionError('read_chunks', new Error(`connect ECONNREFUSED ${SECRET_URL}`)),
  rate: () =>
    new RateLimitError('RATE_LIMIT_EXCEEDED', { retryAfterSeconds: 7, details: { limit: 1, window_seconds: 60 } }),
  business: () => new HealthDataNotFoundError({ time_period: 'last_30_days', available_periods: ['2024'] }),
  unprintable: () => new HealthDataNotFoundError({ time_period: 10n as unknown as string, available_periods: [] }),
  teapot: () => new HttpException('short and stout', 418),
  forbidden: () => new ForbiddenException(),
  unavailable: () => new InfrastructureError('LLM_SERVICE_FAILED', { details: { operation: SECRET } }),
};

@Public()
@Controller({ path: 'faults', version: '1' })
export class FaultController {
  /** What happened to handlers that nobody waits for any more. */
  readonly seen: string[] = [];

  constructor(private readonly streams: EventStreams) {}

  @Get('throw/:what')
  throwIt(@Param('what') what: string): never {
    throw THROWN[what]?.() as Error;
  }

  @Get('ok')
  ok(): { pong: boolean } {
    return { pong: true };
  }

  @Get('nothing')
  nothing(): void {}

  @Delete('thing')
  remove(): { removed: boolean } {
    return { removed: true };
  }

  @Post('form')
  form(@Body() form: FormDto): FormDto {
    return form;
  }

  @Get('numbers/:id')
  number(@Param('id', ParseIntPipe) id: number): { id: number } {
    return { id };
  }

  @Get('guard')
  @UseGuards(FailingGuard)
  guarded(): void {}

  @Get('interceptor')
  @UseInterceptors(FailingInterceptor)
  intercepted(): void {}

  @Get('pipe')
  piped(@Query('x', FailingPipe) _x: string): void {}

  @Get('serializer')
  unserializable(): unknown {
    return { big: 10n };
  }

  @Get('typed')
  typed(@Res({ passthrough: true }) reply: FastifyReply): never {
    void reply.type('text/csv').header('content-length', '999').header('content-disposition', 'attachment');
    throw new Error('after announcing a csv');
  }

  @Get('midway')
  @RawResponse()
  midway(): StreamableFile {
    const source = Readable.from(
      (async function* () {
        yield 'first;line\n';
        await sleep(20);
        throw new Error(`midway ${SECRET}`);
      })(),
    );
    return new StreamableFile(source, { type: 'text/csv' });
  }

  @Get('hangs')
  async hangs(): Promise<void> {
    const signal = currentContext()?.signal;
    await new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => {
        this.seen.push((signal.reason as Error).name);
        reject(signal.reason as Error);
      });
    });
  }

  @Get('deaf')
  async deaf(): Promise<{ late: boolean }> {
    await sleep(600);
    this.seen.push('deaf finished');
    return { late: true };
  }

  @Get('slow-lane')
  @Deadline('slow')
  async slowLane(): Promise<{ done: boolean }> {
    await sleep(400);
    return { done: true };
  }

  @Get('context')
  context(@Req() request: FastifyRequest): unknown {
    return { correlation_id: currentContext()?.correlationId, request_id: request.id };
  }

  @Post('context')
  contextAfterBody(@Body() _body: object): { correlation_id?: string } {
    return { correlation_id: currentContext()?.correlationId };
  }

  @Post('upload')
  @StreamedBody('application/zip')
  async upload(@Req() request: FastifyRequest): Promise<{ bytes: number }> {
    let bytes = 0;
    for await (const chunk of request.raw) bytes += (chunk as Buffer).length;
    return { bytes };
  }

  @EventStream('events/:kind', { method: RequestMethod.POST })
  events(@Param('kind') kind: string): Promise<StreamableFile> {
    return this.streams.open(this.source(kind), { heartbeatMs: 100 });
  }

  private async *source(kind: string): AsyncGenerator<{ type: string; data: unknown }> {
    try {
      await sleep(20);
      if (kind === 'early') throw new RedisConnectionError('history', new Error(SECRET_URL));
      yield { type: 'token', data: 'Hello' };
      if (kind === 'unprintable') yield { type: 'token', data: { big: 10n } };
      if (kind === 'late') throw new Error(`after the first byte ${SECRET}`);
      if (kind === 'quiet') await sleep(350);
      if (kind === 'endless') for (;;) yield { type: 'token', data: (await sleep(20), 'more') };
      if (kind !== 'unended') yield { type: 'done', data: { answered: true } };
    } finally {
      this.seen.push(`${kind} ended`);
    }
  }
}
