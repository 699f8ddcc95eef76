import { ApiErrors, HtmlOrJsonInterceptor, Public, RawResponse, Representation } from '@app/common';
import { Controller, Get, Param, UseInterceptors, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { describeError, type ErrorDescription, listErrors } from './error-descriptions';
import { errorListPage, errorPage } from './error-pages';
import { ErrorDescriptionDto, ErrorListDto } from './system-answers.dto';

/** The error catalogue, for programs and for people. */
@ApiTags('system')
@Public()
@RawResponse()
@UseInterceptors(HtmlOrJsonInterceptor)
@Controller({ path: 'errors', version: VERSION_NEUTRAL })
export class ErrorsController {
  @Get()
  @ApiOperation({ summary: 'All error codes' })
  @ApiOkResponse({ type: ErrorListDto, description: 'The catalogue; a page for browsers' })
  list(): Representation<{ errors: ErrorDescription[] }> {
    return new Representation({ errors: listErrors() }, ({ errors }) => errorListPage(errors));
  }

  @Get(':code')
  @ApiOperation({ summary: 'What an error code means, and what to do about it' })
  @ApiParam({ name: 'code', example: 'HEALTH_DATA_NOT_FOUND' })
  @ApiOkResponse({ type: ErrorDescriptionDto, description: 'The code; a page for browsers' })
  @ApiErrors('ERROR_CODE_UNKNOWN')
  one(@Param('code') code: string): Representation<ErrorDescription> {
    return new Representation(describeError(code), errorPage);
  }
}
