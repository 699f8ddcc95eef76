import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { ROOT } from '../setup/prepare.mjs';

const FOLDER = join(ROOT, 'deploy', 'prometheus');
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 };
/** A rate needs two samples, and one is taken each second. */
const SHORTEST_WINDOW = 4;

const secondsOf = (text) => {
  const parts = [...text.matchAll(/(\d+)([smhd])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * SECONDS[unit], 0);
};

/** The rules as they are, with every time in them divided by `by`. Limits and names stay. */
export function scaledRules(text, by) {
  const times = (duration, least) => `${Math.max(least, Math.round(secondsOf(duration) / by))}s`;
  const document = parse(text);
  for (const group of document.groups) {
    if (group.interval) group.interval = times(group.interval, 1);
    for (const rule of group.rules) {
      rule.expr = rule.expr
        .replaceAll(/\[((?:\d+[smhd])+)\]/g, (_, range) => `[${times(range, SHORTEST_WINDOW)}]`)
        .replaceAll(/\boffset ((?:\d+[smhd])+)/g, (_, offset) => `offset ${times(offset, 1)}`);
      if (rule.for) rule.for = times(rule.for, 1);
    }
  }
  return stringify(document, { lineWidth: 0 });
}

/** Writes configuration and rules for a Prometheus that looks at `target`, with all times divided by `by`. */
export function writeScaledConfiguration(folder, { target, alertmanager, by }) {
  mkdirSync(join(folder, 'rules'), { recursive: true });
  for (const file of readdirSync(join(FOLDER, 'rules'))) {
    const text = readFileSync(join(FOLDER, 'rules', file), 'utf8');
    writeFileSync(join(folder, 'rules', basename(file)), scaledRules(text, by));
  }
  const configuration = parse(readFileSync(join(FOLDER, 'prometheus.yml'), 'utf8'));
  configuration.global = { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' };
  const [{ job_name, sample_limit }] = configuration.scrape_configs;
  configuration.scrape_configs = [{ job_name, sample_limit, static_configs: [{ targets: [target] }] }];
  if (alertmanager) configuration.alerting.alertmanagers = [{ static_configs: [{ targets: [alertmanager] }] }];
  else delete configuration.alerting;
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, stringify(configuration));
  return file;
}
