/** Which Redis commands are meant; omitted fields: all. */
export interface TrafficFilter {
  /** As the client called itself with CLIENT SETNAME; the empty string for those that did not. */
  readonly client?: string;
  /** In lower case. */
  readonly command?: string;
  /** Names in lower case to leave out. */
  readonly except?: readonly string[];
}

/** What went through a proxy since the last reset. */
export class ProxyTraffic {
  private readonly counts = new Map<string, Map<string, number>>();
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

  /** Redis commands that were sent on to the server. */
  commands({ client, command, except = [] }: TrafficFilter = {}): number {
    let total = 0;
    for (const [name, commands] of this.counts) {
      if (client !== undefined && name !== client) continue;
      for (const [each, count] of commands) {
        if ((command === undefined || each === command) && !except.includes(each)) total += count;
      }
    }
    return total;
  }

  /** Commands by client and name, for messages. */
  byClient(): Record<string, Record<string, number>> {
    return Object.fromEntries([...this.counts].map(([client, commands]) => [client, Object.fromEntries(commands)]));
  }

  reset(): void {
    this.counts.clear();
    this.accepted = 0;
    this.bytes = 0;
  }

  noteConnection(): void {
    this.accepted++;
  }

  noteBytes(count: number): void {
    this.bytes += count;
  }

  noteCommand(client: string, command: string): void {
    const commands = this.counts.get(client) ?? new Map<string, number>();
    commands.set(command, (commands.get(command) ?? 0) + 1);
    this.counts.set(client, commands);
  }
}
