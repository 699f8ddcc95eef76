import { Public, RawResponse } from '@app/common';
import { Controller, Get, VERSION_NEUTRAL } from '@nestjs/common';

/** What there is at the root, for whoever arrives without a map. */
export interface ServiceIndex {
  readonly name: string;
  readonly links: Readonly<Record<string, string>>;
}

@Public()
@RawResponse()
@Controller({ version: VERSION_NEUTRAL })
export class IndexController {
  @Get()
  index(): ServiceIndex {
    return {
      name: 'wellness-api',
      links: {
        docs: '/docs',
        openapi: '/openapi.json',
        errors: '/errors',
        health: '/health',
        live: '/health/live',
        ready: '/health/ready',
        startup: '/health/startup',
        api: '/api/v1',
      },
    };
  }
}
