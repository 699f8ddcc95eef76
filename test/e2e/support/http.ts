import { type IncomingHttpHeaders, request, type RequestOptions } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpCall extends Pick<RequestOptions, 'method' | 'path' | 'headers' | 'agent'> {
  readonly body?: string | Buffer;
}

/** One request, exactly as told: unlike fetch, it neither normalises paths nor adds headers. */
export async function call(port: number, { body, ...options }: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** `call` with a JSON body. */
export async function post(port: number, path: string, json: unknown, headers: object = {}): Promise<HttpAnswer> {
  const body = typeof json === 'string' || Buffer.isBuffer(json) ? json : JSON.stringify(json);
  return call(port, { method: 'POST', path, headers: { 'content-type': 'application/json', ...headers }, body });
}
