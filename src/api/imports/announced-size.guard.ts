import { HTTP_SETTINGS, type HttpSettings, ValidationError } from '@app/common';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { announcedBytes } from './upload.decorator';

/** Refuses an upload that announces more than is accepted, before any of it is read. */
@Injectable()
export class AnnouncedSizeGuard implements CanActivate {
  constructor(@Inject(HTTP_SETTINGS) private readonly settings: HttpSettings) {}

  canActivate(context: ExecutionContext): boolean {
    const { maxUploadBytes: limit_bytes } = this.settings;
    const announced = announcedBytes(context.switchToHttp().getRequest<FastifyRequest>());
    if (announced > limit_bytes) throw new ValidationError('REQUEST_BODY_TOO_LARGE', { details: { limit_bytes } });
    return true;
  }
}
