import { ApiAnswer, CurrentUser, MaintenanceService, Operational, Scopes, type User } from '@app/common';
import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { MaintenanceAnswer } from './admin.answers';
import { changeOf, ChangeMaintenanceDto } from './maintenance.dto';

@ApiTags('admin')
@Scopes('admin')
@Controller({ path: 'admin/maintenance', version: '1' })
export class MaintenanceController {
  constructor(private readonly maintenance: MaintenanceService) {}

  @Get()
  @Operational()
  @ApiOperation({ summary: 'Whether the service is under maintenance' })
  @ApiAnswer(MaintenanceAnswer, { description: 'What all replicas go by, or this one alone when `shared` is false' })
  read(): Promise<MaintenanceAnswer> {
    return this.maintenance.read();
  }

  @Put()
  @Operational()
  @ApiOperation({
    summary: 'Begin or end maintenance',
    description:
      'During maintenance all routes under `/api` but those for operators answer 503 `SYSTEM_MAINTENANCE_ACTIVE`; ' +
      'requests in progress are finished. It holds in this replica at once, in the others within seconds, and over ' +
      'restarts. When Redis cannot take it the answer says `shared: false`: it holds in this replica alone, and is ' +
      'passed on as soon as Redis is back.',
  })
  @ApiAnswer(MaintenanceAnswer, { description: 'What holds now' })
  change(@CurrentUser() user: User, @Body() wanted: ChangeMaintenanceDto): Promise<MaintenanceAnswer> {
    return this.maintenance.change(changeOf(wanted), user.id);
  }
}
