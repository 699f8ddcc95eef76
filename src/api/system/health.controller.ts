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
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { HealthReportDto, ProbeReportDto } from './system-answers.dto';

@ApiTags('system')
@Public()
@RawResponse()
@UseInterceptors(UnhealthyIs503Interceptor)
@Controller({ path: 'health', version: VERSION_NEUTRAL })
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get()
  @Probe()
  @ApiOperation({ summary: 'How every component is, for people' })
  @ApiResponse({ status: 200, type: HealthReportDto, description: 'All components are healthy' })
  @ApiResponse({ status: 503, type: HealthReportDto, description: 'At least one component is unhealthy' })
  report(): Promise<HealthReport> {
    return this.health.report();
  }

  @Get('live')
  @Probe()
  @ApiOperation({ summary: 'Whether the process is alive' })
  @ApiResponse({ status: 200, type: ProbeReportDto, description: 'It is' })
  live(): ProbeReport {
    return this.health.live();
  }

  @Get('ready')
  @Probe()
  @ApiOperation({ summary: 'Whether this instance should get traffic' })
  @ApiResponse({ status: 200, type: ProbeReportDto, description: 'It should' })
  @ApiResponse({ status: 503, type: ProbeReportDto, description: 'It is starting, draining, or without what it needs' })
  ready(): Promise<ProbeReport> {
    return this.health.ready();
  }

  @Get('startup')
  @Probe()
  @ApiOperation({ summary: 'Whether the process has come up' })
  @ApiResponse({ status: 200, type: ProbeReportDto, description: 'It has' })
  @ApiResponse({ status: 503, type: ProbeReportDto, description: 'Not yet' })
  startup(): ProbeReport {
    return this.health.startup();
  }
}
