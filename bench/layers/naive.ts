import {
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  HttpException,
  Module,
  type NestInterceptor,
  Query,
  RequestMethod,
  UnauthorizedException,
  ValidationPipe,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jwtVerify } from 'jose';
import { ClsModule } from 'nestjs-cls';
import { Logger, LoggerModule } from 'nestjs-pino';
import { map, type Observable } from 'rxjs';
import { type Night, nightsOf, NightsQuery } from './nights';
import { serve, type SideSettings } from './serve';

/** More than are asked for: nobody is to be turned away. */
const LIMIT = 1_000_000_000;
const MINUTE_MS = 60_000;

@Controller('api/v1/nights')
class NightsController {
  @Get()
  nights(@Query() query: NightsQuery): { nights: Night[] } {
    return nightsOf(query);
  }
}

class JwtGuard implements CanActivate {
  constructor(private readonly secret: Uint8Array) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & { user?: unknown }>();
    const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ');
    if (scheme !== 'Bearer') throw new UnauthorizedException();
    try {
      request.user = (await jwtVerify(token, this.secret)).payload;
    } catch (cause) {
      throw new UnauthorizedException(undefined, { cause });
    }
    return true;
  }
}

class EnvelopeInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ success: true, data, error: null })));
  }
}

@Catch()
class EnvelopeFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const status = thrown instanceof HttpException ? thrown.getStatus() : 500;
    const error = { code: status, message: thrown instanceof Error ? thrown.message : 'Error' };
    void host.switchToHttp().getResponse<FastifyReply>().status(status).send({ success: false, data: null, error });
  }
}

/** The same packages, put together as their own documentation begins, with their defaults. */
function moduleOf({ secret }: SideSettings): new () => object {
  @Module({
    imports: [
      ClsModule.forRoot({ global: true, middleware: { mount: true, generateId: true } }),
      // Its default route matches nothing under Nest 12, and would log nothing.
      LoggerModule.forRoot({ forRoutes: [{ path: '*path', method: RequestMethod.ALL }] }),
      ThrottlerModule.forRoot([{ ttl: MINUTE_MS, limit: LIMIT }]),
    ],
    controllers: [NightsController],
    providers: [
      { provide: APP_GUARD, useClass: ThrottlerGuard },
      { provide: APP_GUARD, useValue: new JwtGuard(new TextEncoder().encode(secret)) },
      { provide: APP_PIPE, useValue: new ValidationPipe({ transform: true, whitelist: true }) },
      { provide: APP_INTERCEPTOR, useClass: EnvelopeInterceptor },
      { provide: APP_FILTER, useClass: EnvelopeFilter },
    ],
  })
  class NaiveModule {}
  return NaiveModule;
}

serve(async (settings) => {
  const app = await NestFactory.create<NestFastifyApplication>(moduleOf(settings), new FastifyAdapter(), {
    bufferLogs: true,
  });
  app.useLogger(app.get(Logger));
  await app.listen(0, '127.0.0.1');
  return app.getHttpServer();
});
