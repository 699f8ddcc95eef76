/** What a proxy does to the connections that go through it. */
export type TcpFault =
  /** Replies come `ms` later. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Replies come a byte at a time, with `ms` between two. */
  | { readonly kind: 'trickle'; readonly ms: number }
  /** The first half of a reply comes, then a reset. */
  | { readonly kind: 'reset' }
  /** Replies are replaced by bytes that mean nothing. */
  | { readonly kind: 'garbage'; readonly bytes?: Buffer }
  /** Connections are accepted and swallow what they are sent; those that lost something are reset on healing. */
  | { readonly kind: 'black_hole' }
  /**
   * A black hole that established connections never leave, as when a firewall forgets them: only those made after
   * healing work again, and nothing tells the others.
   */
  | { readonly kind: 'sever' }
  /** Nobody listens, and whoever was connected is reset. */
  | { readonly kind: 'refuse' }
  /** Refuses for `downMs`, works for `upMs`, and so on. */
  | { readonly kind: 'flap'; readonly downMs: number; readonly upMs: number }
  /** For Redis: some commands are answered by the proxy and never reach the server. */
  | ({ readonly kind: 'answer' } & AnswerRule);

/** Which commands are answered in place of the server, and how. Not for single commands within MULTI. */
export interface AnswerRule {
  /** One RESP reply without its line end: `-LOADING Redis is loading the dataset in memory`, `+OK`, `:1`. */
  readonly reply: string;
  /** Names in lower case; omitted: all. */
  readonly commands?: readonly string[];
  /** Names in lower case that go through all the same. */
  readonly except?: readonly string[];
  /** Names of clients (CLIENT SETNAME); omitted: all. */
  readonly clients?: readonly string[];
}

/** What clients send to begin a connection; without it they know nothing of the server they talk to. */
export const HANDSHAKE_COMMANDS = ['hello', 'auth', 'client', 'select', 'info'] as const;

export const GARBAGE = Buffer.from('\u0000\u0007 HTTP/1.1 418 ??? \u001b[31m\r\n\r\n<html>', 'latin1');

export function answerFor(fault: TcpFault | undefined, command: string, client: string): string | undefined {
  if (fault?.kind !== 'answer') return undefined;
  const { reply, commands, except = [], clients } = fault;
  const isMeant =
    (commands?.includes(command) ?? true) && !except.includes(command) && (clients?.includes(client) ?? true);
  return isMeant ? reply : undefined;
}
