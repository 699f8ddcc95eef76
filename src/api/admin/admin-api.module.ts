import { MaintenanceModule } from '@app/common';
import { Module } from '@nestjs/common';
import { DiagnosticsController } from './diagnostics.controller';
import { DiagnosticsRequests } from './diagnostics.requests';
import { LogLevelController } from './log-level.controller';
import { MaintenanceController } from './maintenance.controller';
import { ResilienceController } from './resilience.controller';
import { ResilienceRequests } from './resilience.requests';

/** What operators can see and do while the service runs. */
@Module({
  imports: [MaintenanceModule],
  controllers: [DiagnosticsController, LogLevelController, MaintenanceController, ResilienceController],
  providers: [DiagnosticsRequests, ResilienceRequests],
})
export class AdminApiModule {}
