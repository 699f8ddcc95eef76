import { Module } from '@nestjs/common';
import { AggregatesModule } from '../services/aggregates/aggregates.module';
import { ProfileModule } from '../services/profile/profile.module';
import { RecordsModule } from '../services/records/records.module';
import { HealthArgumentsReader } from './arguments/health-arguments.service';
import { GetHealthMetricsTool } from './get-health-metrics/get-health-metrics.tool';
import { ListAvailableMetricsTool } from './list-available-metrics/list-available-metrics.tool';
import type { Tool } from './registry/tool';
import { ToolMetrics } from './registry/tool-metrics';
import { ToolRegistry, TOOLS } from './registry/tool-registry.service';
import { SearchHealthRecordsTool } from './search-health-records/search-health-records.tool';

/** Every tool the agent has: a new one is its folder and its line here. */
const ALL_TOOLS = [SearchHealthRecordsTool, GetHealthMetricsTool, ListAvailableMetricsTool];

@Module({
  imports: [AggregatesModule, ProfileModule, RecordsModule],
  providers: [
    HealthArgumentsReader,
    ...ALL_TOOLS,
    { provide: TOOLS, inject: ALL_TOOLS, useFactory: (...tools: Tool[]) => tools },
    ToolMetrics,
    ToolRegistry,
  ],
  exports: [ToolRegistry],
})
export class ToolsModule {}
