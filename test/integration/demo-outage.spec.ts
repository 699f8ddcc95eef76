import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(__dirname, '..', '..');

describe('npm run demo:outage', () => {
  let parts: string[];

  beforeAll(async () => {
    const { stdout } = await run(process.execPath, [join(ROOT, 'scripts', 'demo-outage.mjs')], { cwd: ROOT });
    parts = stdout.split(/^(?=GET |POST )/m).slice(1);
  }, 240_000);

  /** What was answered to the question, by what was the matter. */
  const answers = (question: number): string[] =>
    (parts[question] ?? '').split('\n').filter((line) => /^ {2}\S/.test(line));

  it('shows chat answered by the model, from the cache, and by the built-in responder', () => {
    expect(answers(0)).toEqual([
      expect.stringMatching(/all is well 200, demo-model/),
      expect.stringMatching(/no Redis +200, from cache, \d+ s old, demo-model/),
      expect.stringMatching(/no model +200, builtin, degraded/),
      expect.stringMatching(/neither +200, from cache, \d+ s old, builtin, degraded/),
      expect.stringMatching(/all is back 200, demo-model/),
    ]);
    const totals = new Set(
      parts[0]?.match(/[\d,]+(?= steps(?! per| last week\?))/g)?.map((each) => each.replace(',', '')),
    );
    expect(totals.size).toBe(1);
  });

  it('shows figures that were asked for before from the cache, and others refused', () => {
    expect(answers(1)[1]).toMatch(/no Redis +200, from cache/);
    expect(answers(2)[1]).toMatch(/no Redis +503 HEALTH_DATA_UNAVAILABLE, again in \d+ s/);
    expect(answers(2).at(-1)).toMatch(/all is back 200/);
  });

  it('shows the report on health tell the same story', () => {
    expect(answers(3).map((line) => /200|503/.exec(line)?.[0])).toEqual(['200', '503', '503', '503', '200']);
  });
});
