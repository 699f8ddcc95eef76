import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { BEARER, type CommonErrors, completeDocument } from './complete-document';

export interface OpenApiSettings {
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly tags: ReadonlyArray<{ readonly name: string; readonly description: string }>;
  readonly errors?: CommonErrors;
}

export const OPENAPI_PATH = 'openapi.json';
export const DOCS_PATH = 'docs';

/** The OpenAPI 3.1 document of the application's routes. */
export function openApiDocument(app: NestFastifyApplication, settings: OpenApiSettings): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(settings.title)
    .setDescription(settings.description)
    .setVersion(settings.version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, BEARER);
  for (const { name, description } of settings.tags) builder.addTag(name, description);
  const found = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) => `${uncapitalised(controller.replace(/Controller$/, ''))}_${method}`,
  });
  return completeDocument(found, settings.errors);
}

/** Serves the document, and a page to read it and try it; made when somebody first asks for it. */
export function serveOpenApi(app: NestFastifyApplication, settings: OpenApiSettings): void {
  SwaggerModule.setup(DOCS_PATH, app, () => openApiDocument(app, settings), {
    jsonDocumentUrl: OPENAPI_PATH,
    raw: ['json'],
    customSiteTitle: settings.title,
    swaggerOptions: { persistAuthorization: true },
  });
}

function uncapitalised(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
