import { PolicyRegistry } from '@app/common';
import { FakeLlmServer, TcpFaultProxy } from '@app/common/testing';
import { startWellnessApp, type WellnessApp } from '../../support/wellness-app';
import type { FaultWorld } from './fault-run';
import { WatchedPolicy } from './watched-policy';
import type { Fixtures } from './fault-table';
import { FixtureMaker } from './fixture-maker';

const OPEN_MS = 400;
/** High enough for every route to meet the fault itself before the circuit opens. */
const THRESHOLD = 20;
const DEADLINES_MS = { request: 3_000, chat: 5_000 };
const MODEL = 'test-model';
const ENVIRONMENT = {
  LLM_MODEL: MODEL,
  LLM_API_KEY: 'sk-a-secret-of-ours',
  LLM_FIRST_TOKEN_TIMEOUT_MS: '500',
  LLM_TIMEOUT_MS: '1000',
  LLM_BREAKER_THRESHOLD: String(THRESHOLD),
  LLM_BREAKER_OPEN_MS: String(OPEN_MS),
  LLM_RETRY_MAX: '1',
  LLM_RETRY_BASE_MS: '5',
  REQUEST_TIMEOUT_MS: String(DEADLINES_MS.request),
  CHAT_TIMEOUT_MS: String(DEADLINES_MS.chat),
  SHED_EVENT_LOOP_DELAY_MS: '0',
};
export const SAID = 'You walked very far, and that is good.';

/** The whole application, with a proxy between it and a model of its own. */
export class LlmWorld implements FaultWorld {
  readonly dependency = 'llm';
  readonly openMs = OPEN_MS;
  readonly deadlinesMs = DEADLINES_MS;
  readonly policy: WatchedPolicy;
  private completionsBefore = 0;

  private constructor(
    readonly llm: FakeLlmServer,
    readonly proxy: TcpFaultProxy,
    readonly app: WellnessApp,
    private readonly fixtures: FixtureMaker,
  ) {
    this.policy = new WatchedPolicy(app.app.get(PolicyRegistry).get('llm'));
  }

  static async start(): Promise<LlmWorld> {
    const llm = await FakeLlmServer.start();
    llm.respond({ kind: 'text', text: SAID });
    const proxy = await TcpFaultProxy.start({ upstream: { host: '127.0.0.1', port: Number(new URL(llm.url).port) } });
    const app = await startWellnessApp({ ...ENVIRONMENT, LLM_BASE_URL: `http://${proxy.address}/v1` });
    return new LlmWorld(llm, proxy, app, await FixtureMaker.for(app));
  }

  prepare(): Promise<Fixtures> {
    return this.fixtures.prepare();
  }

  async openCircuit(): Promise<void> {
    const calls = Array.from({ length: THRESHOLD });
    while (!this.policy.isOpen) await Promise.all(calls.map(() => this.fixtures.chat()));
  }

  sent(): number {
    return this.llm.completions.length - this.completionsBefore;
  }

  resetTraffic(): void {
    this.policy.reset();
    this.completionsBefore = this.llm.completions.length;
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.proxy.close();
    await this.llm.stop();
  }
}
