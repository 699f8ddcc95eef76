import { type ComponentHealth, HealthComponents, WellnessError } from '@app/common';
import { Injectable, type OnModuleInit, Optional } from '@nestjs/common';
import { ImportQueue } from './import-queue';

/** Tells `/health` how many imports wait and run; where health is not reported on, it has nothing to do. */
@Injectable()
export class ImportsHealth implements OnModuleInit {
  constructor(
    private readonly queue: ImportQueue,
    @Optional() private readonly components?: HealthComponents,
  ) {}

  onModuleInit(): void {
    this.components?.register('imports', () => this.probe());
  }

  private async probe(): Promise<ComponentHealth> {
    try {
      return { status: 'healthy', ...(await this.queue.counts()) };
    } catch (error) {
      if (!(error instanceof WellnessError)) throw error;
      return { status: 'unhealthy', error: error.error_code };
    }
  }
}
