import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  ConflictError,
  type CounterOf,
  EventLogger,
  METRICS,
  Metrics,
  RedisGateway,
  runDetached,
  userKeys,
} from '@app/common';
import { Injectable } from '@nestjs/common';
import type { Config } from '../../config/config.schema';
import { InjectConfig } from '../../config/config.module';

/** A request that may come again: keys are per user and route. */
export interface RepeatableRequest {
  readonly userId: string;
  /** A stable name: `POST /api/v1/imports`. */
  readonly route: string;
  /** What the client sent as `Idempotency-Key`; without one the work is simply done. */
  readonly key: string | undefined;
}

export interface Replayable<T> {
  readonly answer: T;
  /** Whether this is the answer of an earlier request with the same key. */
  readonly replayed: boolean;
}

type Held = { readonly state: 'running'; readonly token: string } | Done;

interface Done {
  readonly state: 'done';
  readonly fingerprint: string;
  readonly answer: unknown;
}

interface Claim {
  readonly redisKey: string;
  readonly value: string;
}

/** A request that nobody has sent before. */
interface First {
  readonly claim: Claim;
  readonly route: string;
  readonly fingerprint: string;
}

const CLAIM_MS = 60_000;
const RENEW_MS = 20_000;
const HOUR_SECONDS = 3_600;

// SET with NX and GET together needs Redis 7. ARGV: the claim, how long it holds.
const CLAIM = `
local held = redis.call('GET', KEYS[1])
if not held then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return held
`;
// Only the claim's own holder may change it. ARGV: the claim, then what to do with it.
const IF_MINE = (command: string): string =>
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end\n${command}\nreturn 1`;
const RENEW = IF_MINE(`redis.call('PEXPIRE', KEYS[1], ARGV[2])`);
const RELEASE = IF_MINE(`redis.call('DEL', KEYS[1])`);
const COMPLETE = IF_MINE(`redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])`);

/** Does the work of a request once, however often the request comes. Answers must survive JSON. */
@Injectable()
export class IdempotencyService {
  private readonly requests: CounterOf<typeof METRICS.idempotency>;

  constructor(
    private readonly redis: RedisGateway,
    private readonly events: EventLogger,
    @InjectConfig() private readonly config: Config,
    metrics: Metrics,
  ) {
    this.requests = metrics.counter(METRICS.idempotency);
  }

  /**
   * Answers with what `work` gives, or with what it gave the first time. Work that fails frees the key.
   * @param fingerprint tells requests apart; called once, before `work`, whether the answer is replayed or not
   * @throws ConflictError (`IDEMPOTENCY_KEY_REUSED`, `IDEMPOTENCY_REQUEST_RUNNING`); the errors of `RedisGateway`, of
   * `fingerprint` and of `work`
   */
  async run<T>(
    request: RepeatableRequest,
    fingerprint: () => Promise<string>,
    work: () => Promise<T>,
  ): Promise<Replayable<T>> {
    if (request.key === undefined) {
      await fingerprint();
      return { answer: await work(), replayed: false };
    }
    const attempt = await this.begin(request, request.key, fingerprint);
    if ('answer' in attempt) return { answer: attempt.answer as T, replayed: true };
    return { answer: await this.first(attempt.claim, request.route, fingerprint, work), replayed: false };
  }

  /**
   * The same for work that yields its answer in pieces: they are passed on as they come, and all of them at once when
   * the request comes again. Work that fails, or that nobody waits for any more, frees the key.
   * @param isLast tells the piece that makes the answer whole: it is kept before the caller gets it
   */
  async stream<T>(
    request: RepeatableRequest,
    fingerprint: () => Promise<string>,
    work: () => AsyncIterable<T>,
    isLast: (piece: T) => boolean,
  ): Promise<Replayable<AsyncIterable<T>>> {
    if (request.key === undefined) return { answer: work(), replayed: false };
    const attempt = await this.begin(request, request.key, fingerprint);
    if ('answer' in attempt) return { answer: Readable.from(attempt.answer as T[]), replayed: true };
    const first = { claim: attempt.claim, route: request.route, fingerprint: await fingerprint() };
    return { answer: this.pieces(first, work, isLast), replayed: false };
  }

  /** What is held for the key, or our claim on it. */
  private async begin(
    request: RepeatableRequest,
    key: string,
    fingerprint: () => Promise<string>,
  ): Promise<Pick<Done, 'answer'> | { readonly claim: Claim }> {
    const redisKey = userKeys(request.userId).idempotency(request.route, key);
    const claim = { redisKey, value: JSON.stringify({ state: 'running', token: randomUUID() }) };
    const held = await this.claim(claim);
    if (held === undefined) {
      this.requests.with({ result: 'first' }).inc();
      return { claim };
    }
    if (held.state === 'running') {
      this.requests.with({ result: 'running' }).inc();
      throw new ConflictError('IDEMPOTENCY_REQUEST_RUNNING');
    }
    const isSame = (await fingerprint()) === held.fingerprint;
    this.requests.with({ result: isSame ? 'replayed' : 'reused' }).inc();
    if (!isSame) throw new ConflictError('IDEMPOTENCY_KEY_REUSED');
    return held;
  }

  /** Undefined when the key is now ours, else what is held under it. */
  private async claim({ redisKey, value }: Claim): Promise<Held | undefined> {
    const held = await this.redis.execute('claim_idempotency_key', (client) =>
      client.eval(CLAIM, 1, redisKey, value, CLAIM_MS),
    );
    return held === null ? undefined : (JSON.parse(held as string) as Held);
  }

  private async first<T>(
    claim: Claim,
    route: string,
    fingerprint: () => Promise<string>,
    work: () => Promise<T>,
  ): Promise<T> {
    const renewal = this.renew(claim, route);
    try {
      const sent = await fingerprint();
      const answer = await work();
      await this.complete({ claim, route, fingerprint: sent }, answer);
      return answer;
    } catch (error) {
      await this.release({ claim, route });
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  private async *pieces<T>(
    first: First,
    work: () => AsyncIterable<T>,
    isLast: (piece: T) => boolean,
  ): AsyncIterable<T> {
    const renewal = this.renew(first.claim, first.route);
    const answer: T[] = [];
    let isWhole = false;
    try {
      for await (const piece of work()) {
        answer.push(piece);
        isWhole ||= isLast(piece);
        if (isLast(piece)) await this.complete(first, answer);
        yield piece;
      }
    } finally {
      clearInterval(renewal);
      if (!isWhole) await this.release(first);
    }
  }

  private renew(claim: Claim, route: string): NodeJS.Timeout {
    return setInterval(() => void this.attempt(route, () => this.change(RENEW, claim, CLAIM_MS)), RENEW_MS);
  }

  private complete({ claim, route, fingerprint }: First, answer: unknown): Promise<void> {
    const done: Done = { state: 'done', fingerprint, answer };
    const seconds = this.config.IDEMPOTENCY_TTL_HOURS * HOUR_SECONDS;
    return this.attempt(route, () => this.change(COMPLETE, claim, JSON.stringify(done), seconds));
  }

  private release({ claim, route }: Pick<First, 'claim' | 'route'>): Promise<void> {
    return this.attempt(route, () => this.change(RELEASE, claim));
  }

  /** A caller who has left comes again, perhaps: the key must not stay taken for that reason. */
  private async change(script: string, claim: Claim, ...values: (string | number)[]): Promise<unknown> {
    return runDetached(() =>
      this.redis.execute('change_idempotency_key', (client) =>
        client.eval(script, 1, claim.redisKey, claim.value, ...values),
      ),
    );
  }

  /** The work itself is done or has failed: that its trace can't be written must not change what the caller hears. */
  private async attempt(route: string, write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (err) {
      this.events.warn('idempotency_answer_lost', { route, err });
    }
  }
}
