/** Which Redis commands are meant; omitted fields: all. */
export interface TrafficFilter {
  /** As the client called itself with CLIENT SETNAME; the empty string for those that did not. */
  readonly client?: string;
  /** In lower case. */
  readonly command?: string;
  /** Names in lower case to leave out. */
  readonly except?: readonly string[];
}

type Counts = Map<string, Map<string, number>>;

/** What went through a proxy since the last reset. */
export class ProxyTraffic {
  private readonly forwarded: Counts = new Map();
  private readonly sent: Counts = new Map();
  private accepted = 0;
  private bytes = 0;

  /** Connections that were accepted. */
  get connections(): number {
    return this.accepted;
  }

  /** Bytes that were sent on to the server. */
  get bytesForwarded(): number {
    return this.bytes;
  }

  /** Redis commands that reached the server. */
  commands(filter: TrafficFilter = {}): number {
    return count(this.forwarded, filter);
  }

  /** Redis commands that clients sent: those that the proxy answered or swallowed, too. */
  asked(filter: TrafficFilter = {}): number {
    return count(this.sent, filter);
  }

  /** Commands that clients sent, by client and name, for messages. */
  byClient(): Record<string, Record<string, number>> {
    return Object.fromEntries([...this.sent].map(([client, commands]) => [client, Object.fromEntries(commands)]));
  }

  reset(): void {
    this.forwarded.clear();
    this.sent.clear();
    this.accepted = 0;
    this.bytes = 0;
  }

  noteConnection(): void {
    this.accepted++;
  }

  noteBytes(count: number): void {
    this.bytes += count;
  }

  noteSent(client: string, command: string): void {
    add(this.sent, client, command);
  }

  noteForwarded(client: string, command: string): void {
    add(this.forwarded, client, command);
  }
}

function add(counts: Counts, client: string, command: string): void {
  const commands = counts.get(client) ?? new Map<string, number>();
  commands.set(command, (commands.get(command) ?? 0) + 1);
  counts.set(client, commands);
}

function count(counts: Counts, { client, command, except = [] }: TrafficFilter): number {
  let total = 0;
  for (const [name, commands] of counts) {
    if (client !== undefined && name !== client) continue;
    for (const [each, times] of commands) {
      if ((command === undefined || each === command) && !except.includes(each)) total += times;
    }
  }
  return total;
}
