import { Module } from '@nestjs/common';
import { ErrorsController } from './errors.controller';
import { IndexController } from './index.controller';
import { ProbesModule } from './probes.module';

/** The routes at the root: the index, the probes, and the error catalogue. */
@Module({ imports: [ProbesModule], controllers: [ErrorsController, IndexController] })
export class SystemModule {}
