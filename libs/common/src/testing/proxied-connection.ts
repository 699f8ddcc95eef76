import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProxyTraffic } from './proxy-traffic';
import { RespConversation } from './resp-conversation';
import { answerFor, GARBAGE, type TcpFault } from './tcp-faults';

export interface ProxiedEnds {
  readonly client: Socket;
  readonly server: Socket;
}

export interface ProxySituation {
  readonly fault: TcpFault | undefined;
  readonly traffic: ProxyTraffic;
  /** Whether the connection speaks the Redis protocol. */
  readonly isRedis: boolean;
}

/** One client's connection through the proxy. Back pressure is left out: tests send little. */
export class ProxiedConnection {
  private readonly conversation: RespConversation | undefined;
  private readonly closing = new AbortController();
  /** Replies that are sent later, in order. */
  private later: Promise<void> = Promise.resolve();
  private delayed = 0;
  private lostSomething = false;
  private isDead = false;

  constructor(
    private readonly ends: ProxiedEnds,
    private readonly situation: ProxySituation,
    onClose: () => void,
  ) {
    const { client, server } = ends;
    if (situation.isRedis) this.conversation = this.follow();
    client.on('data', (chunk) => this.orReset(() => this.fromClient(chunk)));
    server.on('data', (chunk) => this.orReset(() => this.fromServer(chunk)));
    // What is wrong with one end shows at the other; a test reads it there.
    client.on('error', () => this.reset());
    server.on('error', () => this.reset());
    server.on('end', () => void this.inOrder(() => client.end()));
    client.on('close', () => {
      this.closing.abort();
      server.destroy();
      onClose();
    });
  }

  /** Closes both ends with a reset. */
  reset(): void {
    const { client, server } = this.ends;
    // A socket that is on its way out cannot be reset any more, and would stay half closed for ever.
    if (client.writableEnded) client.destroy();
    else client.resetAndDestroy();
    server.destroy();
  }

  /** The fault of the proxy has just been taken away. */
  afterHealing(past: TcpFault): void {
    if (past.kind === 'sever') this.isDead = true;
    else if (this.lostSomething) this.reset();
  }

  private fromClient(chunk: Buffer): void {
    // Read along even what is swallowed: that it was sent counts.
    if (this.conversation === undefined) this.forward(chunk);
    else this.conversation.fromClient(chunk);
  }

  private fromServer(chunk: Buffer): void {
    if (this.isSwallowing()) return;
    this.reply(chunk);
    this.conversation?.fromServer(chunk);
  }

  private isSwallowing(): boolean {
    const { fault } = this.situation;
    const isSwallowing = this.isDead || fault?.kind === 'black_hole' || fault?.kind === 'sever';
    this.lostSomething ||= isSwallowing;
    return isSwallowing;
  }

  private forward(bytes: Buffer): boolean {
    if (this.isSwallowing()) return false;
    this.situation.traffic.noteBytes(bytes.length);
    this.ends.server.write(bytes);
    return true;
  }

  private reply(chunk: Buffer): void {
    const { fault } = this.situation;
    const { client } = this.ends;
    if (fault?.kind === 'latency') void this.inOrder(() => client.write(chunk), fault.ms);
    else if (fault?.kind === 'trickle') void this.inOrder(() => this.trickle(chunk));
    else if (fault?.kind === 'garbage') client.write(fault.bytes ?? GARBAGE);
    else if (fault?.kind === 'reset') client.write(chunk.subarray(0, chunk.length / 2), () => this.reset());
    else if (this.delayed > 0) void this.inOrder(() => client.write(chunk));
    else client.write(chunk);
  }

  private async trickle(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length; at++) {
      const { fault } = this.situation;
      if (fault?.kind !== 'trickle') {
        this.ends.client.write(chunk.subarray(at));
        return;
      }
      this.ends.client.write(chunk.subarray(at, at + 1));
      await sleep(fault.ms, undefined, { signal: this.closing.signal });
    }
  }

  /** Does `send` after everything that was put off before, and `ms` from now at the earliest. */
  private async inOrder(send: () => unknown, ms = 0): Promise<void> {
    const { signal } = this.closing;
    const due = ms > 0 ? sleep(ms, undefined, { signal }) : Promise.resolve();
    this.delayed++;
    const before = this.later;
    this.later = (async () => {
      try {
        await Promise.all([before, due]);
        await send();
      } catch (error) {
        // The connection closed, and nobody waits for the rest.
        if (!signal.aborted) throw error;
      } finally {
        this.delayed--;
      }
    })();
    await this.later;
  }

  private follow(): RespConversation {
    const { situation } = this;
    return new RespConversation({
      forward: (bytes, client, command) => {
        if (this.forward(bytes)) situation.traffic.noteForwarded(client, command);
      },
      answer: (bytes) => this.ends.client.write(bytes),
      replyFor: (command, client) => {
        situation.traffic.noteSent(client, command);
        return answerFor(situation.fault, command, client);
      },
    });
  }

  private orReset(work: () => void): void {
    try {
      work();
    } catch {
      // Not the protocol the proxy was told of: no server would go on either.
      this.reset();
    }
  }
}
