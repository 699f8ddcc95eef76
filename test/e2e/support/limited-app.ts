import {
  BusinessLogicError,
  Public,
  Probe,
  RateLimit,
  RateLimitModule,
  type RateLimitSettings,
  RedisModule,
  Scopes,
} from '@app/common';
import { createTestApp, type TestApp } from '@app/common/testing';
import { Body, Controller, Get, Post } from '@nestjs/common';
import { SkipThrottle, Throttle } from '@nestjs/throttler';
import { IsInt } from 'class-validator';
import { call, type HttpAnswer, type HttpCall } from './http';

const MINUTE_MS = 60_000;

class NumberDto {
  @IsInt()
  number!: number;
}

@Controller({ path: 'things', version: '1' })
class ThingsController {
  @Get()
  list(): string[] {
    return [];
  }

  @Post()
  add(@Body() body: NumberDto): number {
    return body.number;
  }

  @Get('dear')
  @RateLimit('dear')
  dear(): string {
    return 'dear';
  }

  @Get('dear/too')
  @RateLimit('dear')
  dearToo(): string {
    return 'dear';
  }

  @Get('closed')
  @Scopes('admin')
  closed(): void {}

  @Get('refused')
  refused(): void {
    throw new BusinessLogicError('HEALTH_METRIC_NOT_SUPPORTED');
  }

  @Get('dearest')
  @RateLimit('dear')
  @Throttle({ dear: { limit: 2, ttl: MINUTE_MS } })
  dearest(): string {
    return 'dearest';
  }

  @Get('cheap')
  @RateLimit('dear')
  @SkipThrottle({ dear: true })
  cheap(): string {
    return 'cheap';
  }

  @Get('misnamed')
  @RateLimit('none')
  misnamed(): void {}

  @Public()
  @Get('open')
  open(): string {
    return 'open';
  }

  @Public()
  @Probe()
  @Get('probe')
  probe(): string {
    return 'alive';
  }
}

export const LIMITS: RateLimitSettings = {
  user: { limit: 100, windowMs: MINUTE_MS },
  address: { limit: 20, windowMs: MINUTE_MS },
  errors: { limit: 10, windowMs: MINUTE_MS },
  routes: { dear: { limit: 20, windowMs: MINUTE_MS } },
  sharedWaitMs: 1_000,
};

/** A replica of an application that limits rates, and takes the word of a proxy for who calls. */
export async function startLimitedApp(url: string, settings: Partial<RateLimitSettings> = {}): Promise<TestApp> {
  return createTestApp({
    imports: [
      RedisModule.forRootAsync({ useFactory: () => ({ url, connectTimeoutMs: 500, commandTimeoutMs: 1_000 }) }),
      RateLimitModule.forRoot({ ...LIMITS, ...settings }),
    ],
    controllers: [ThingsController],
    http: { trustProxy: ['loopback'] },
  });
}

/** Sends the requests to the replicas in turn, a few at a time. */
export async function burst(
  apps: readonly TestApp[],
  requests: number,
  options: HttpCall,
  abreast = 20,
): Promise<HttpAnswer[]> {
  const answers: HttpAnswer[] = [];
  let sent = 0;
  const worker = async (): Promise<void> => {
    while (sent < requests) {
      const port = apps[sent++ % apps.length]?.port ?? 0;
      answers.push(await call(port, options));
    }
  };
  await Promise.all(Array.from({ length: abreast }, worker));
  return answers;
}

export function statuses(answers: readonly HttpAnswer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** The members of a list of strings with integer parameters, as RFC 9651 writes it. */
export function parsedList(header: unknown): Record<string, Record<string, number>> {
  const members = String(header).split(', ');
  return Object.fromEntries(
    members.map((member) => {
      const [, name = '', parameters = ''] = /^"([a-z]+)"((?:;[a-z]+=\d{1,15})+)$/.exec(member) ?? [];
      const pairs = parameters.slice(1).split(';');
      return [name, Object.fromEntries(pairs.map((pair) => [pair.split('=')[0], Number(pair.split('=')[1])]))];
    }),
  );
}
