import { join } from 'node:path';
import { answering, freePort } from '../demo/children.mjs';
import { ROOT } from '../setup/prepare.mjs';
import { onPath, say, SetupError } from '../setup/process.mjs';
import { prometheusInstruction } from '../setup/prometheus.mjs';
import { writeScaledConfiguration } from './scaled.mjs';

/** Debian has its own name for it. */
const ALERTMANAGERS = ['prometheus-alertmanager', 'alertmanager'];

/** Fails early and in one line where there is no Prometheus. */
export function requirePrometheus() {
  if (onPath('prometheus')) return;
  throw new SetupError(`Prometheus is needed and was not found. Install it: ${prometheusInstruction()}`);
}

/** Prometheus with the real rules, faster, and Alertmanager with its real configuration, if it is installed. */
export async function startMonitoring(children, folder, { target, by }) {
  const alertmanager = await startAlertmanager(children, folder);
  const file = writeScaledConfiguration(folder, { target, alertmanager, by });
  const port = await freePort();
  const prometheus = children.start('prometheus', [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'tsdb')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=exemplar-storage',
    '--log.level=warn',
  ]);
  await answering(`http://127.0.0.1:${port}/-/ready`, prometheus);
  return { prometheus: `http://127.0.0.1:${port}`, alertmanager: alertmanager && `http://${alertmanager}` };
}

async function startAlertmanager(children, folder) {
  const command = ALERTMANAGERS.find((name) => onPath(name));
  if (!command) {
    say('Alertmanager is not installed: what it would hold back is not shown.');
    return undefined;
  }
  const address = `127.0.0.1:${await freePort()}`;
  const started = children.start(command, [
    `--config.file=${join(ROOT, 'deploy', 'alertmanager', 'alertmanager.yml')}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
    '--log.level=warn',
  ]);
  await answering(`http://${address}/-/ready`, started);
  return address;
}

/** What fires now: name, labels, words; and which of it Alertmanager holds back. */
export async function firing({ prometheus, alertmanager }) {
  const { data } = await (await fetch(`${prometheus}/api/v1/alerts`)).json();
  const held = alertmanager ? await heldBack(alertmanager) : new Set();
  return data.alerts
    .filter(({ state }) => state === 'firing')
    .map(({ labels, annotations }) => ({ labels, annotations, held: held.has(labels.alertname) }));
}

async function heldBack(alertmanager) {
  const alerts = await (await fetch(`${alertmanager}/api/v2/alerts`)).json();
  return new Set(alerts.filter(({ status }) => status.state === 'suppressed').map(({ labels }) => labels.alertname));
}
