import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A tool call of a scripted answer; arguments that are a string are sent as they are. */
export interface ScriptedToolCall {
  readonly name: string;
  readonly arguments: unknown;
}

/** How the server answers one completion. Text is streamed word by word. */
export type LlmReply =
  | { readonly kind: 'text'; readonly text: string; readonly delayMs?: number }
  | { readonly kind: 'tools'; readonly calls: readonly ScriptedToolCall[] }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: object;
    }
  /** Accepts the request and never says a word. */
  | { readonly kind: 'hang' }
  /** Says these words, then nothing more. */
  | { readonly kind: 'hang_midway'; readonly text: string }
  /** Says these words, then breaks the connection. */
  | { readonly kind: 'reset'; readonly text: string }
  /** Ends the stream without saying that it is the end. */
  | { readonly kind: 'truncated'; readonly text: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'content_filter' }
  /** Any bytes, as an answer of status 200. */
  | { readonly kind: 'raw'; readonly body: string; readonly type?: string };

export interface RecordedCompletion {
  readonly headers: IncomingMessage['headers'];
  readonly body: {
    readonly model: string;
    readonly messages: ReadonlyArray<{ readonly role: string; readonly content: string }>;
    readonly [field: string]: unknown;
  };
}

type Script = (completion: RecordedCompletion, number: number) => LlmReply;

const REFUSAL = { error: { message: 'a secret host: db7.internal', type: 'x', code: null } };
const EVENT_STREAM = 'text/event-stream';
const FALLBACK_REPLY: LlmReply = { kind: 'text', text: 'Fine.' };

/** A real HTTP server that speaks the OpenAI protocol as a test tells it to: well, badly, or not at all. */
export class FakeLlmServer {
  readonly completions: RecordedCompletion[] = [];
  /** How many completions ended because the client went away. */
  abandoned = 0;
  private script: Script = () => FALLBACK_REPLY;
  private modelsStatus = 200;
  private port = 0;
  private readonly open = new Set<ServerResponse>();

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.handle(request, response));
  }

  static async start(): Promise<FakeLlmServer> {
    const fake = new FakeLlmServer(createServer());
    await fake.listen();
    return fake;
  }

  /** What `LLM_BASE_URL` is set to. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  /** Answers from now on as `script` says, given the request and its number since then, from 1. */
  respond(script: Script | LlmReply): void {
    this.completions.length = 0;
    this.script = typeof script === 'function' ? script : () => script;
  }

  /** Status of `GET /models`. */
  respondToModels(status: number): void {
    this.modelsStatus = status;
  }

  /** Refuses connections until `listen`. */
  async refuse(): Promise<void> {
    this.server.closeAllConnections();
    if (!this.server.listening) return;
    await new Promise((resolve) => this.server.close(resolve));
  }

  async listen(): Promise<void> {
    if (this.server.listening) return;
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    await this.refuse();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url === '/v1/models') {
      response.writeHead(this.modelsStatus, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'test-model', object: 'model' }] }));
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as RecordedCompletion['body'];
    const completion = { headers: request.headers, body };
    this.completions.push(completion);
    this.open.add(response);
    response.once('close', () => {
      this.open.delete(response);
      if (!response.writableFinished) this.abandoned++;
    });
    await answer(this.script(completion, this.completions.length), response);
  }
}

async function answer(reply: LlmReply, response: ServerResponse): Promise<void> {
  switch (reply.kind) {
    case 'hang':
      return;
    case 'status':
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
      response.end(JSON.stringify(reply.body ?? REFUSAL));
      return;
    case 'raw':
      response.writeHead(200, { 'content-type': reply.type ?? EVENT_STREAM });
      response.end(reply.body);
      return;
    default:
      response.writeHead(200, { 'content-type': EVENT_STREAM });
      await stream(reply, response);
  }
}

type StreamedReply = Exclude<LlmReply, { kind: 'hang' | 'status' | 'raw' }>;

async function stream(reply: StreamedReply, response: ServerResponse): Promise<void> {
  if (reply.kind === 'tools') sendTools(reply.calls, response);
  if ('text' in reply) await sendText(reply, response);
  if (reply.kind === 'hang_midway') return;
  if (reply.kind === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  if (reply.kind !== 'truncated') {
    const reason = { text: 'stop', tools: 'tool_calls', empty: 'stop', content_filter: 'content_filter' }[reply.kind];
    sendChunk(response, {}, reason);
    send(response, { ...CHUNK, choices: [], usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } });
    response.write('data: [DONE]\n\n');
  }
  response.end();
}

async function sendText(
  { text, ...reply }: { text: string; delayMs?: number },
  response: ServerResponse,
): Promise<void> {
  for (const [word] of text.matchAll(/\s*\S+/g)) {
    if (reply.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, reply.delayMs));
    sendChunk(response, { content: word });
  }
  // What was written must be on its way before the connection breaks.
  await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Arguments come in two pieces, as real ones do. */
function sendTools(calls: readonly ScriptedToolCall[], response: ServerResponse): void {
  for (const [index, { name, arguments: args }] of calls.entries()) {
    const text = typeof args === 'string' ? args : JSON.stringify(args);
    const half = Math.ceil(text.length / 2);
    const head = { index, id: `call_${index}`, type: 'function', function: { name, arguments: text.slice(0, half) } };
    sendChunk(response, { tool_calls: [head] });
    sendChunk(response, { tool_calls: [{ index, function: { arguments: text.slice(half) } }] });
  }
}

const CHUNK = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'test-model' };

function sendChunk(response: ServerResponse, delta: object, finishReason: string | null = null): void {
  send(response, { ...CHUNK, choices: [{ index: 0, delta, finish_reason: finishReason }] });
}

function send(response: ServerResponse, chunk: object): void {
  response.write(`data: ${JSON.stringify(chunk)}\n\n`);
}
