import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@app/common/testing';
import { CpuShortage } from './support/cpu-shortage';
import { type GeneratedAnswer, GeneratedLoad, type LoadReport } from './support/generated-load';
import { DEADLINE_MS, kindOf, LoadedWorld, type Memory, OPEN_MS } from './support/loaded-world';
import { mixedCalls } from './support/mixed-calls';
import { report as tell } from './support/report';
import { RedisLoad } from './support/redis-load';

jest.setTimeout(120_000);

const PER_SECOND = 200;
const WARM_UP_LIMIT_MS = 10_000;
/** So many looks in a row at an event loop that is this late at most: the code is compiled, and the machine has room. */
const CALM = { looks: 8, delayMs: 15 };
const NORMAL_MS = 4_000;
const OUTAGE_MS = 5_500;
const MEMORY_EVERY_MS = 250;
/** Everything is as usual by then, counted from when Redis is back. */
const RECOVERY_MS = OPEN_MS + 2_000;
const AFTERWARDS_MS = 2_500;
/** Five commands in a row have to time out, which takes a second when they are sent at the same time. */
const OPENING_MS = 4_000;
/** What was on its way when the circuit opened is settled by then. */
const UNDERWAY_MS = 100;
/** What a timer may be late on a machine that is busy, a tenth of which is common. */
const LATE_MS = 500;
const LIVENESS_MS = 100;
/** The garbage collector and the scheduler have their say, too. */
const LIVENESS_EVER_MS = 5 * LIVENESS_MS;
/** No two seconds are alike: what a peak may be above another one by chance. */
const CHANCE = 1.25;
const MOST_GROWTH_MIB = 24;
const HEAP_MIB = 256;

interface Outage {
  readonly name: string;
  readonly begin: (world: LoadedWorld) => unknown;
  readonly end: (world: LoadedWorld) => unknown;
}

interface Times {
  readonly from: number;
  readonly healedAt: number;
  readonly until: number;
}

const OUTAGES: readonly Outage[] = [
  {
    name: 'the network swallows everything',
    begin: ({ proxy }) => proxy.inject({ kind: 'black_hole' }),
    end: ({ proxy }) => proxy.heal(),
  },
  {
    name: 'Redis is stopped',
    begin: ({ redis }) => redis.server.signal('SIGSTOP'),
    end: ({ redis }) => redis.server.signal('SIGCONT'),
  },
];

describe(`under ${PER_SECOND} requests a second`, () => {
  let world: LoadedWorld;
  let load: GeneratedLoad | undefined;
  let redisLoad: RedisLoad;
  /** Whoever has a part in it; what is measured while they cannot run says nothing about them. */
  let shortage: CpuShortage;
  let report: LoadReport;
  let normal: { from: number; to: number };
  const memory: Memory[] = [];
  const times = new Map<Outage, Times>();

  beforeAll(async () => {
    world = await LoadedWorld.start();
    redisLoad = new RedisLoad(world.proxy.traffic);
    shortage = new CpuShortage([world.application.child.pid ?? 0, world.redis.server.pid, process.pid]);
    load = await GeneratedLoad.start(world.port, PER_SECOND, mixedCalls(await world.askers()));
    const watch = setInterval(() => void world.memory().then((each) => memory.push(each)), MEMORY_EVERY_MS);
    await eventually(() => isCalm(memory), WARM_UP_LIMIT_MS).catch(() => undefined);
    const from = Date.now();
    await sleep(NORMAL_MS);
    normal = { from, to: Date.now() };
    for (const outage of OUTAGES) times.set(outage, await goThrough(outage));
    clearInterval(watch);
    report = await load.stop();
  });
  afterAll(async () => {
    redisLoad.stop();
    shortage.stop();
    load?.kill();
    await world.close();
  });

  async function goThrough({ begin, end }: Outage): Promise<Times> {
    const from = Date.now();
    await begin(world);
    await sleep(OUTAGE_MS);
    await end(world);
    const healedAt = Date.now();
    await sleep(RECOVERY_MS + AFTERWARDS_MS);
    return { from, healedAt, until: Date.now() };
  }

  const sentBetween = (from: number, to: number): GeneratedAnswer[] =>
    report.answers.filter(({ sentAt }) => sentAt >= from && sentAt < to);
  const answeredBetween = (from: number, to: number): GeneratedAnswer[] =>
    sentBetween(from, to).filter(({ sentAt, ms }) => sentAt + ms < to);
  const isTelling = ({ sentAt, ms }: GeneratedAnswer): boolean => !shortage.touches(sentAt, sentAt + ms);
  const changes = (state: string, from: number, to: number): number[] =>
    world.application
      .named('circuit_changed')
      .filter((line) => line.state === state)
      .map(({ time }) => Date.parse(String(time)))
      .filter((at) => at >= from && at < to);

  it('all is as usual while nothing is wrong', () => {
    const answers = answeredBetween(normal.from, normal.to).filter(isTelling);
    const unusual = answers.filter(({ kind, outcome }) => outcome !== kindOf(kind).usual);
    expect(unusual).toEqual([]);
  });

  describe.each(OUTAGES)('while $name', (outage) => {
    let during: GeneratedAnswer[];
    let openedAt: number;
    let at: Times;
    const figures: Record<string, string> = {};

    afterAll(() => tell({ load: { fault: outage.name, figures } }));
    beforeAll(() => {
      at = times.get(outage) as Times;
      during = sentBetween(at.from, at.healedAt);
      openedAt = changes('open', at.from, at.healedAt)[0] ?? Number.NaN;
    });

    it('liveness answers at once', () => {
      const lives = during.filter(({ kind }) => kind === 'live');
      expect(new Set(lives.map(({ outcome }) => outcome))).toEqual(new Set(['200 ok']));
      const ms = lives.filter(isTelling).map((each) => each.ms);
      figures['liveness (p99, slowest)'] = `${inMs(percentile(ms, 0.99))}, ${inMs(Math.max(...ms))}`;
      figures['the load itself was late by'] = inMs(report.stallMs);
      figures['time in which the machine had no processor to spare'] = inPercent(shortage.share(at.from, at.until));
      expect(ms.filter((each) => each > LIVENESS_MS).length).toBeLessThanOrEqual(ms.length / 10);
      expect(ms.filter((each) => each > LIVENESS_EVER_MS)).toEqual([]);
    });

    it('no request outlasts its deadline', () => {
      const late = during
        .filter(isTelling)
        .filter(({ kind, ms }) => ms > (kindOf(kind).deadlineMs ?? DEADLINE_MS) + LATE_MS);
      figures['slowest answer'] = inMs(Math.max(...during.map(({ ms }) => ms)));
      expect(late).toEqual([]);
    });

    it('every answer is one that is documented for it', () => {
      const allowed = ({ kind }: GeneratedAnswer): string[] => {
        const { usual, away = [] } = kindOf(kind);
        return [usual, ...away];
      };
      const others = during.filter((answer) => !allowed(answer).includes(answer.outcome));
      expect(others.filter(isTelling)).toEqual([]);
    });

    it('what was read before is read on, and nothing waits any more once the circuit is open', () => {
      const open = sentBetween(openedAt + UNDERWAY_MS, at.healedAt).filter(isTelling);
      const reads = open.filter(({ kind }) => kindOf(kind).away?.includes('200 cache') === true);
      expect(reads.filter(({ outcome }) => outcome !== '200 cache')).toEqual([]);
      figures['answers once the circuit is open (p99)'] = inMs(percentile(open.map(({ ms }) => ms), 0.99)); // prettier-ignore
    });

    it('nothing but the trial is sent to Redis for requests once the circuit is open', () => {
      const trials = changes('half_open', openedAt, at.healedAt).length;
      let settledAt = openedAt + UNDERWAY_MS;
      while (settledAt < at.healedAt && shortage.touches(settledAt, settledAt)) settledAt += UNDERWAY_MS;
      const asked = redisLoad.asked(settledAt, at.healedAt);
      figures['commands for requests, and trials, while it was open'] = `${asked}, ${trials}`;
      expect(openedAt - at.from).toBeLessThan(OPENING_MS);
      expect(trials).toBeLessThanOrEqual(1 + (at.healedAt - openedAt) / (0.9 * OPEN_MS));
      expect(asked).toBeLessThanOrEqual(trials);
    });

    it('memory does not grow', () => {
      const lowest = (from: number, to: number, of: (each: Memory) => number): number =>
        Math.min(...memory.filter((each) => each.at >= from && each.at < to).map(of));
      const growth = (of: (each: Memory) => number): number =>
        lowest(at.healedAt - 2_000, at.healedAt, of) - lowest(at.from - 2_000, at.from, of);
      const heapMib = (growth(({ heapPercent }) => heapPercent) * HEAP_MIB) / 100;
      const rssMib = growth((each) => each.rssMib);
      figures['heap and resident memory grew by'] = `${heapMib.toFixed(1)} MiB, ${rssMib.toFixed(1)} MiB`;
      expect(heapMib).toBeLessThan(MOST_GROWTH_MIB);
      expect(rssMib).toBeLessThan(MOST_GROWTH_MIB);
    });

    it('all is as usual within the open time and two seconds of its return, without a restart', () => {
      const after = answeredBetween(at.healedAt, at.until).filter(isTelling);
      const unusual = after.filter(({ kind, outcome }) => outcome !== kindOf(kind).usual);
      figures['all as usual after'] = inMs(Math.max(at.healedAt, ...unusual.map(({ sentAt }) => sentAt)) - at.healedAt);
      expect(unusual.filter(({ sentAt }) => sentAt > at.healedAt + RECOVERY_MS)).toEqual([]);
      expect(world.application.named('application_started')).toHaveLength(1);
      expect(world.application.child.exitCode).toBeNull();
    });

    it('Redis has no more to do on its return than on any other day', () => {
      for (const windowMs of [100, 1_000]) {
        const usual = redisLoad.peak(windowMs, normal.from, normal.to - windowMs);
        const isTold = (from: number, to: number): boolean => !shortage.touches(from, to);
        const back = redisLoad.peak(windowMs, at.healedAt, at.until - windowMs, isTold);
        figures[`commands a second (in ${windowMs} ms), usual and back`] = `${usual}, ${back}`;
        expect(back).toBeLessThanOrEqual(usual * CHANCE);
      }
    });
  });

  it('every turn and every upload that had to wait is kept in the end', async () => {
    const turns = report.answers.filter(({ outcome }) => outcome.endsWith('no_memory')).length;
    const uploads = report.answers.filter(({ outcome }) => outcome.startsWith('202 ')).length;
    const { application } = world;
    // Redis came back while some of them were answered: those could be kept at once.
    await eventually(() => application.named('chat_turn_kept_late').length >= 0.9 * turns);
    // One more was made before anything was measured.
    await eventually(() => application.named('import_completed').length === uploads + 1);
    expect(application.named('chat_turns_lost')).toEqual([]);
  });
});

function isCalm(looks: readonly Memory[]): boolean {
  const last = looks.slice(-CALM.looks);
  return last.length === CALM.looks && last.every(({ loopDelayMs }) => loopDelayMs <= CALM.delayMs);
}

function inPercent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function inMs(ms: number): string {
  return `${Math.round(ms)} ms`;
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}
