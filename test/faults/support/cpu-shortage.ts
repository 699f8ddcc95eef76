import { readFileSync } from 'node:fs';

interface Sample {
  readonly at: number;
  readonly waitedMs: number;
}

const EVERY_MS = 100;
/** Part of the time that they had to wait for a processor, all together. */
const SHORT = 0.25;
/** What piled up meanwhile is worked off by then. */
const BACKLOG_MS = 500;
const NANOSECONDS_PER_MS = 1e6;

/**
 * When the machine had no processor to spare for some processes that wanted to run: what takes long at such a time is not
 * their doing. Linux keeps account of it; elsewhere there never is a shortage.
 */
export class CpuShortage {
  private readonly samples: Sample[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly pids: readonly number[]) {
    this.timer = setInterval(() => this.sample(), EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Whether there was one between these times (epoch ms), or so shortly before that it still showed. */
  touches(from: number, to: number): boolean {
    return this.spells.some((spell) => spell.from <= to && spell.to + BACKLOG_MS >= from);
  }

  /** The part of the time in which there was one. */
  share(from: number, to: number): number {
    const within = this.spells.filter((spell) => spell.from >= from && spell.to <= to);
    return within.reduce((total, spell) => total + spell.to - spell.from, 0) / (to - from);
  }

  private get spells(): Array<{ readonly from: number; readonly to: number }> {
    return this.samples.slice(1).flatMap((sample, index) => {
      const before = this.samples[index] as Sample;
      const isShort = sample.waitedMs - before.waitedMs > SHORT * (sample.at - before.at);
      return isShort ? [{ from: before.at, to: sample.at }] : [];
    });
  }

  private sample(): void {
    const waitedMs = this.pids.reduce((total, pid) => total + waitedMsOf(pid), 0);
    this.samples.push({ at: Date.now(), waitedMs });
  }
}

/** Of its main thread. */
function waitedMsOf(pid: number): number {
  try {
    const [, waited] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    return Number(waited) / NANOSECONDS_PER_MS;
  } catch {
    return 0;
  }
}
