import { MaintenanceModule } from '@app/common';
import { Module } from '@nestjs/common';
import { MaintenanceController } from './maintenance.controller';
import { ResilienceController } from './resilience.controller';
import { ResilienceRequests } from './resilience.requests';

/** What operators can see and do while the service runs. */
@Module({
  imports: [MaintenanceModule],
  controllers: [MaintenanceController, ResilienceController],
  providers: [ResilienceRequests],
})
export class AdminApiModule {}
