import { Module } from '@nestjs/common';
import { MaintenanceStore } from './maintenance-store';
import { MaintenanceService } from './maintenance.service';

/** `MaintenanceService`, for those who switch maintenance on and off. Needs `RedisModule`, and an `createHttpApp`. */
@Module({ providers: [MaintenanceStore, MaintenanceService], exports: [MaintenanceService] })
export class MaintenanceModule {}
