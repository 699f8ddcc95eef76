import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Between two parts: lets the first one arrive on its own. */
export const PAUSE = Symbol('PAUSE');
const PAUSE_MS = 50;

/** Sends bytes as they are and returns every answer that came before the server closed the connection. */
export async function sendRaw(
  port: number,
  ...parts: ReadonlyArray<string | Buffer | typeof PAUSE>
): Promise<RawAnswer[]> {
  return parse(
    await exchange(port, (socket) => {
      void (async () => {
        for (const part of parts) {
          if (typeof part === 'symbol') await sleep(PAUSE_MS);
          else socket.write(part);
        }
      })();
    }),
  );
}

/** Sends bytes and half-closes, as a client does that has nothing more to say. */
export async function sendRawAndEnd(port: number, text: string): Promise<RawAnswer[]> {
  return parse(await exchange(port, (socket) => socket.end(text)));
}

async function exchange(port: number, send: (socket: Socket) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => send(socket));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A server that has said what it had to may reset what it will not read.
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(Buffer.concat(chunks));
      else reject(error);
    });
    socket.on('close', () => resolve(Buffer.concat(chunks)));
  });
}

/** Answers one after the other, each with a Content-Length. */
function parse(bytes: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) throw new Error(`not an HTTP answer: ${rest.toString('latin1').slice(0, 200)}`);
    const [statusLine = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const length = Number(headers['content-length'] ?? 0);
    const body = rest.subarray(end + 4, end + 4 + length).toString('utf8');
    answers.push({ status: Number(statusLine.split(' ')[1]), headers, body });
    rest = rest.subarray(end + 4 + length);
  }
  return answers;
}
