import { HtmlOrJsonInterceptor, Public, RawResponse, Representation } from '@app/common';
import { Controller, Get, Param, UseInterceptors, VERSION_NEUTRAL } from '@nestjs/common';
import { describeError, type ErrorDescription, listErrors } from './error-descriptions';
import { errorListPage, errorPage } from './error-pages';

/** The error catalogue, for programs and for people. */
@Public()
@RawResponse()
@UseInterceptors(HtmlOrJsonInterceptor)
@Controller({ path: 'errors', version: VERSION_NEUTRAL })
export class ErrorsController {
  @Get()
  list(): Representation<{ errors: ErrorDescription[] }> {
    return new Representation({ errors: listErrors() }, ({ errors }) => errorListPage(errors));
  }

  @Get(':code')
  one(@Param('code') code: string): Representation<ErrorDescription> {
    return new Representation(describeError(code), errorPage);
  }
}
