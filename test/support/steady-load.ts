import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LoadCall {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LoadAnswer {
  readonly sentAt: number;
  readonly path: string;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly code?: string;
  readonly failure?: string;
  readonly headers: IncomingHttpHeaders;
}

interface Exchange {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * Clients that keep asking, each on a connection it keeps open as long as the server lets it, with a pause after each
 * answer. A client that is told when to come again (`Retry-After`) does so.
 */
export class SteadyLoad {
  readonly answers: LoadAnswer[] = [];
  private stopped = false;
  private readonly clients: Array<Promise<void>>;

  constructor(
    private readonly port: number,
    private readonly calls: readonly LoadCall[],
    { clients = 6, pauseMs = 25 } = {},
  ) {
    this.clients = Array.from({ length: clients }, (_client, index) => this.run(index, pauseMs));
  }

  /** Lets every client finish what it has begun. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.clients);
  }

  /** Clients end by themselves when nobody listens any more. */
  async ended(): Promise<void> {
    await Promise.all(this.clients);
  }

  private async run(index: number, pauseMs: number): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let turn = index; !this.stopped; turn++) {
      const call = this.calls[turn % this.calls.length] as LoadCall;
      const answer = await this.ask(call, agent);
      if (answer.failure === 'ECONNREFUSED') break;
      this.answers.push(answer);
      await sleep(answer.status === 503 ? Number(answer.headers['retry-after']) * 1_000 : pauseMs);
    }
    agent.destroy();
  }

  private async ask(call: LoadCall, agent: Agent): Promise<LoadAnswer> {
    const sentAt = Date.now();
    const { path } = call;
    try {
      const { status, headers, body } = await exchange(this.port, call, agent);
      return { sentAt, path, status, headers, ...(status >= 400 && { code: codeOf(body) }) };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { sentAt, path, status: 0, headers: {}, failure: code ?? message };
    }
  }
}

async function exchange(port: number, { body, ...call }: LoadCall, agent: Agent): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, agent, ...call }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function codeOf(body: string): string {
  return (JSON.parse(body) as { error?: { code?: string } }).error?.code ?? 'none';
}
