import {
  type HealthReport,
  HealthService,
  Probe,
  type ProbeReport,
  Public,
  RawResponse,
  UnhealthyIs503Interceptor,
} from '@app/common';
import { Controller, Get, UseInterceptors, VERSION_NEUTRAL } from '@nestjs/common';

@Public()
@RawResponse()
@UseInterceptors(UnhealthyIs503Interceptor)
@Controller({ path: 'health', version: VERSION_NEUTRAL })
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get()
  @Probe()
  report(): Promise<HealthReport> {
    return this.health.report();
  }

  @Get('live')
  @Probe()
  live(): ProbeReport {
    return this.health.live();
  }

  @Get('ready')
  @Probe()
  ready(): Promise<ProbeReport> {
    return this.health.ready();
  }

  @Get('startup')
  @Probe()
  startup(): ProbeReport {
    return this.health.startup();
  }
}
