import { Module } from '@nestjs/common';
import { IndexController } from './index.controller';

/** The routes at the root: the index and the error catalogue. */
@Module({ controllers: [IndexController] })
export class SystemModule {}
