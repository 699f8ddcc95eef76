import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const RAW_RESPONSE = 'common:raw-response';

/** The route, or all routes of the controller, answer with what they return, without the success envelope. */
export const RawResponse = (): CustomDecorator => SetMetadata(RAW_RESPONSE, true);
