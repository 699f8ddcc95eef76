import { expectErrorEnvelope } from '@app/common/testing';
import { exportXml, manyRecords, recordXml } from '../fixtures/health-export';
import { type Answer, dataOf, type ImportsApp, ImportsClient, startImportsApp } from './support/imports-app';

let running: ImportsApp;
let users = 0;

beforeAll(async () => {
  running = await startImportsApp();
});
afterAll(async () => {
  await running.close();
});

const someone = (): ImportsClient => new ImportsClient(running.app, `user-${++users}-of-forms`);

const ONE = exportXml(recordXml());
/** More than goes through in one piece. */
const LARGE = exportXml(manyRecords(2_000));
const BOUNDARY = 'multipart/form-data; boundary=x';

const filePart = (name: string, content: string): string =>
  `--x\r\ncontent-disposition: form-data; name="${name}"; filename="export.xml"\r\n\r\n${content}\r\n`;
const fieldPart = (name: string, value = '1'): string =>
  `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const fields = (count: number): string => Array.from({ length: count }, (_, i) => fieldPart(`field_${i}`)).join('');

const send = (client: ImportsClient, body: string, type = BOUNDARY): Promise<Answer> =>
  client.request('POST', '/imports', Buffer.from(body), { 'content-type': type });

/** What is said to be wrong with the form. */
async function problemOf(body: string, type = BOUNDARY): Promise<string> {
  const answer = await send(someone(), body, type);
  const { details } = expectErrorEnvelope(answer, 'VALIDATION_INVALID_INPUT');
  expect(details).toMatchObject({ field: 'file', errors: [{ field: 'file' }] });
  await running.spoolEmptied();
  const [problem] = (details as { errors: { constraints: string[] }[] }).errors;
  return problem?.constraints.join() ?? '';
}

describe('a form that is damaged', () => {
  it.each([
    ['has no boundary in its content type', `${filePart('file', ONE)}--x--\r\n`, 'multipart/form-data'],
    ['has another boundary than announced', `${filePart('file', ONE)}--x--\r\n`, 'multipart/form-data; boundary=y'],
    ['ends within the file', filePart('file', ONE).slice(0, -100), BOUNDARY],
    ['ends within a file of many pieces', filePart('file', LARGE).slice(0, -100), BOUNDARY],
    ['ends without the last boundary', filePart('file', ONE), BOUNDARY],
    ['ends in the heading of its first part', '--x\r\ncontent-disposition: form-data; na', BOUNDARY],
  ])('is told from a fault of the server when it %s', async (_what, body, type) => {
    expect(await problemOf(body, type)).toMatch(/form.*boundary/);
  });
});

describe('a form with more than the file', () => {
  it.each([
    ['small', ONE],
    ['large', LARGE],
  ])(
    'is refused when there is another %s file in the field, which would be lost without a word',
    async (_size, other) => {
      expect(await problemOf(`${filePart('file', ONE)}${filePart('file', other)}--x--\r\n`)).toMatch(
        /has to be one file/,
      );
    },
  );

  it.each([
    ['after a file of another name', `${filePart('readme', LARGE)}${filePart('file', ONE)}`],
    ['before a file of another name', `${filePart('file', ONE)}${filePart('readme', LARGE)}`],
    ['after fields', `${fields(8)}${filePart('file', ONE)}`],
    ['before fields', `${filePart('file', ONE)}${fields(8)}`],
  ])('is taken with its file %s', async (_what, parts) => {
    const client = someone();
    const { status, body } = await send(client, `${parts}--x--\r\n`);
    expect(status).toBe(202);
    const ended = await client.ended(dataOf<{ import_id: string }>(body).import_id);
    expect(ended).toMatchObject({ status: 'completed', result: { records: 1 } });
  });

  it.each([
    ['before the file', `${fields(1_100)}${filePart('file', ONE)}`],
    ['after the file', `${filePart('file', ONE)}${fields(1_100)}`],
    [
      'and more files after the file',
      `${filePart('file', ONE)}${fields(16)}${filePart('a', LARGE)}${filePart('b', LARGE)}`,
    ],
    ['without a file', fields(40)],
    ['that are files', Array.from({ length: 40 }, (_, i) => filePart(`file_${i}`, ONE)).join('')],
  ])('is refused for too many parts %s, and not for its size', async (_what, parts) => {
    expect(await problemOf(`${parts}--x--\r\n`)).toMatch(/more than 16 other/);
  });

  it('is asked for the file when it has none', async () => {
    expect(await problemOf(`${filePart('readme', LARGE)}${fields(3)}--x--\r\n`)).toMatch(/has to be a file/);
  });
});
