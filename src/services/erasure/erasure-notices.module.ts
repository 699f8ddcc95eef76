import { Module } from '@nestjs/common';
import { ErasureNotices } from './erasure-notices.service';

@Module({ providers: [ErasureNotices], exports: [ErasureNotices] })
export class ErasureNoticesModule {}
