import { METRICS_SETTINGS, type MetricsSettings, Public, RawResponse } from '@app/common';
import { Controller, Get, Inject, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ServiceIndexDto } from './system-answers.dto';

@ApiTags('system')
@Public()
@RawResponse()
@Controller({ version: VERSION_NEUTRAL })
export class IndexController {
  constructor(@Inject(METRICS_SETTINGS) private readonly metrics: MetricsSettings) {}

  @Get()
  @ApiOperation({ summary: 'What there is' })
  @ApiOkResponse({ type: ServiceIndexDto, description: 'Where everything is' })
  index(): ServiceIndexDto {
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
        ...(this.metrics.port === undefined && { metrics: '/metrics' }),
        api: '/api/v1',
      },
    };
  }
}
