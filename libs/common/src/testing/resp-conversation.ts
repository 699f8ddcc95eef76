import { Decoder, RESP_TYPES } from 'ioredis/built/resp/decoder';

export interface RespPeers {
  /** Sends a command on to the server. */
  readonly forward: (bytes: Buffer, client: string, command: string) => void;
  /** Sends the client a reply that the server knows nothing of. */
  readonly answer: (bytes: Buffer) => void;
  /** Called once for each command: the reply to give in place of the server. */
  readonly replyFor: (command: string, client: string) => string | undefined;
}

/** These are answered by push messages alone. */
const SUBSCRIPTIONS = ['subscribe', 'psubscribe', 'ssubscribe', 'unsubscribe', 'punsubscribe', 'sunsubscribe'];

/**
 * Follows one connection between a Redis client and its server: knows the client's name and every command, and gives
 * answers of its own exactly where they belong in the order of replies.
 */
export class RespConversation {
  private readonly waiting: Waiting[] = [];
  private readonly requests: Decoder;
  private readonly replies: Decoder;
  /** Replies the server still owes. */
  private owed = 0;
  private client = '';

  constructor(private readonly peers: RespPeers) {
    this.requests = decoder((command) => this.receive(command as Buffer[]));
    this.replies = decoder(() => this.owed--);
  }

  /** @throws Error when the bytes are no Redis commands */
  fromClient(chunk: Buffer): void {
    this.requests.write(chunk);
    this.pump();
  }

  /** To be told after the chunk was passed on. @throws Error when the bytes are no Redis replies */
  fromServer(chunk: Buffer): void {
    this.replies.write(chunk);
    this.pump();
  }

  private receive(words: Buffer[]): void {
    const command = textOf(words[0]);
    if (command === 'client' && textOf(words[1]) === 'setname') this.client = words[2]?.toString() ?? '';
    this.waiting.push({ words, command, reply: this.peers.replyFor(command, this.client) });
  }

  private pump(): void {
    for (let [next] = this.waiting; next !== undefined; [next] = this.waiting) {
      const { words, command, reply } = next;
      // What comes after waits, too: the server's replies must not overtake this one.
      if (reply !== undefined && this.owed > 0) return;
      this.waiting.shift();
      if (reply !== undefined) {
        this.peers.answer(Buffer.from(`${reply}\r\n`));
        continue;
      }
      if (!SUBSCRIPTIONS.includes(command)) this.owed++;
      this.peers.forward(encode(words), this.client, command);
    }
  }
}

interface Waiting {
  readonly words: Buffer[];
  readonly command: string;
  readonly reply: string | undefined;
}

function decoder(onReply: (reply: unknown) => void): Decoder {
  const typeMapping = { [RESP_TYPES.BLOB_STRING]: Buffer };
  return new Decoder({ onReply, onErrorReply: onReply, onPush: () => undefined, getTypeMapping: () => typeMapping });
}

function textOf(part: Buffer | undefined): string {
  return part?.toString('latin1').toLowerCase() ?? '';
}

function encode(command: readonly Buffer[]): Buffer {
  const parts = command.flatMap((part) => [Buffer.from(`$${part.length}\r\n`), part, Buffer.from('\r\n')]);
  return Buffer.concat([Buffer.from(`*${command.length}\r\n`), ...parts]);
}
