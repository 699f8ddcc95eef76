import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InfrastructureError } from '@app/common';
import { listen, modelClient } from '../../../test/fixtures/model-client';

describe('a server that lies', () => {
  let server: Server;
  let answer: (response: ServerResponse) => void;
  let elsewhere = 0;

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume();
      if (request.url === '/elsewhere') elsewhere++;
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const lied = async (how: (response: ServerResponse) => void): Promise<InfrastructureError | undefined> => {
    answer = how;
    const { port } = server.address() as AddressInfo;
    const retry = { max: 0, baseMs: 1, capMs: 1 };
    const { model } = modelClient(`http://127.0.0.1:${port}/v1`, { retry });
    return (await listen(model)).error;
  };
  const flood = (response: ServerResponse, piece: string): void => {
    const more = (): void => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', more);
    more();
  };
  const STREAM = { 'content-type': 'text/event-stream' };

  it('is broken off when a line never ends', async () => {
    const error = await lied((response) => flood(response.writeHead(200, STREAM), 'x'.repeat(65_536)));
    expect(error?.error_code).toBe('LLM_RESPONSE_INVALID');
  });

  it('is broken off when an error never ends', async () => {
    const error = await lied((response) => flood(response.writeHead(400), 'x'.repeat(65_536)));
    expect(error?.error_code).toMatch(/^LLM_/);
  });

  it('is broken off when it says more than anybody could read', async () => {
    const chunk = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x'.repeat(1000) } }] })}\n\n`;
    const error = await lied((response) => flood(response.writeHead(200, STREAM), chunk));
    expect(error?.error_code).toBe('LLM_RESPONSE_INVALID');
  });

  it('sends questions nowhere else', async () => {
    const error = await lied((response) => response.writeHead(307, { location: '/elsewhere' }).end());
    expect(error?.error_code).toBe('LLM_RESPONSE_INVALID');
    expect(elsewhere).toBe(0);
  });

  it('is believed when it says in the middle of an answer that it has failed', async () => {
    const error = await lied((response) =>
      response.writeHead(200, STREAM).end('data: {"error": {"message": "out of memory on host 10.0.0.7"}}\n\n'),
    );
    expect(error?.error_code).toBe('LLM_SERVICE_FAILED');
    expect(error?.message).not.toContain('10.0.0.7');
  });
});
