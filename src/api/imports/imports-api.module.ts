import { EventStreams } from '@app/common';
import { Module } from '@nestjs/common';
import { ImportsModule } from '../../services/imports/imports.module';
import { ImportRequests } from './import.requests';
import { ImportsController } from './imports.controller';

@Module({ imports: [ImportsModule], controllers: [ImportsController], providers: [ImportRequests, EventStreams] })
export class ImportsApiModule {}
