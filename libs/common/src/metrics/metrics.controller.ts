import { Controller, Get, Header, Headers, StreamableFile, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/auth.decorators';
import { RawResponse } from '../http/raw-response.decorator';
import { Probe } from '../http/route-config';
import { Exposition } from './exposition';

const EXAMPLE = '# TYPE wellness_http_requests_in_flight gauge\nwellness_http_requests_in_flight 1\n';
const TEXT = { schema: { type: 'string' as const }, example: EXAMPLE };

/** For Prometheus, and for whoever reads what it reads. */
@ApiTags('system')
@Public()
@RawResponse()
@Controller({ path: 'metrics', version: VERSION_NEUTRAL })
export class MetricsController {
  constructor(private readonly exposition: Exposition) {}

  @Get()
  @Probe()
  @Header('cache-control', 'no-store')
  @Header('vary', 'Accept')
  @ApiOperation({ summary: 'All metrics of this replica' })
  @ApiOkResponse({
    description: "Prometheus' text format; OpenMetrics with exemplars when asked for",
    content: { 'text/plain': TEXT, 'application/openmetrics-text': TEXT },
  })
  read(@Headers('accept') accept?: string): Promise<StreamableFile> {
    return this.exposition.file(accept);
  }
}
