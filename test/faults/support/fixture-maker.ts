import { eventually } from '@app/common/testing';
import { call } from '../../e2e/support/http';
import type { WellnessApp } from '../../support/wellness-app';
import { anotherRecord, UPLOAD } from '../routes';
import type { Fixtures } from './fault-table';

/** Whose data the table is about. */
export const FAULTS_USER = 'user-of-the-faults';
const SCOPES = ['health:read', 'health:write', 'chat'];

/** Makes what the routes are asked about, by the routes themselves. */
export class FixtureMaker {
  private importId = '';
  private sessionId = '';

  private constructor(
    private readonly port: number,
    private readonly tokens: Pick<Fixtures, 'authorization' | 'admin' | 'forgettable'>,
  ) {}

  static async for(app: WellnessApp): Promise<FixtureMaker> {
    const bearer = async (user: string, scopes: string[]): Promise<string> =>
      (await app.bearer(user, scopes)).authorization;
    return new FixtureMaker(app.port, {
      authorization: await bearer(FAULTS_USER, SCOPES),
      admin: await bearer('operator', ['admin']),
      forgettable: await bearer('user-to-be-forgotten', SCOPES),
    });
  }

  /** What is there already stays; what a fault took is made again. */
  async prepare(): Promise<Fixtures> {
    // A busy machine takes its time to connect for the first time.
    await eventually(async () => (await this.get('me')) === 200);
    await this.send('PATCH', 'me', { time_zone: 'Europe/Paris' });
    await this.send('POST', 'health-data/records', { records: [anotherRecord()] });
    await this.send('POST', 'health-data/records', { records: [anotherRecord()] }, this.tokens.forgettable);
    if ((await this.get(`imports/${this.importId}`)) !== 200) this.importId = await this.import();
    if ((await this.get(`chat/sessions/${this.sessionId}/messages`)) !== 200) this.sessionId = await this.session();
    const { importId, sessionId } = this;
    return { importId, sessionId, spareSessionId: await this.session(), ...this.tokens };
  }

  async get(path: string): Promise<number> {
    return (await this.ask('GET', path)).status;
  }

  /** Asks the model, as far as it can be asked. */
  async chat(): Promise<void> {
    await this.send('POST', 'chat/stateless', { message: 'hello' });
  }

  private async import(): Promise<string> {
    const headers = { authorization: this.tokens.authorization, 'content-type': 'application/xml' };
    const { body } = await call(this.port, { method: 'POST', path: '/api/v1/imports', headers, body: UPLOAD });
    const { import_id } = dataOf<{ import_id: string }>(body);
    await eventually(async () => {
      const { body: state } = await this.ask('GET', `imports/${import_id}`);
      return dataOf<{ status: string } | null>(state)?.status === 'completed';
    });
    return import_id;
  }

  private async session(): Promise<string> {
    return dataOf<{ session_id: string }>(await this.send('POST', 'chat/stateful', { message: 'hello' })).session_id;
  }

  private async send(method: string, path: string, json: object, as = this.tokens.authorization): Promise<string> {
    const { status, body } = await this.ask(method, path, JSON.stringify(json), as);
    if (status !== 200) throw new Error(`${method} ${path} was answered with ${status}: ${body}`);
    return body;
  }

  private ask(
    method: string,
    path: string,
    body?: string,
    authorization = this.tokens.authorization,
  ): ReturnType<typeof call> {
    const headers = { authorization, ...(body !== undefined && { 'content-type': 'application/json' }) };
    return call(this.port, { method, path: `/api/v1/${path}`, headers, body });
  }
}

function dataOf<T>(body: string): T {
  return (JSON.parse(body) as { data: T }).data;
}
