import { canUseApt, installWithApt, isLike } from './apt.mjs';
import { onPath, say } from './process.mjs';

/** Tells in one line how Prometheus, with its promtool, is installed here. */
export function prometheusInstruction() {
  if (process.platform === 'darwin') return 'brew install prometheus alertmanager';
  if (isLike('debian|ubuntu'))
    return 'sudo apt-get update && sudo apt-get install -y prometheus prometheus-alertmanager';
  return 'see https://prometheus.io/download/';
}

/**
 * Makes sure that `promtool` is on PATH where that needs no question; resolves with whether it is. What needs it is left
 * out otherwise: never a reason to fail.
 */
export async function tryPromtool() {
  if (!onPath('promtool') && canUseApt()) {
    await installWithApt('prometheus', 'apt-get could not install prometheus.').catch((error) => say(error.message));
  }
  if (onPath('promtool')) return true;
  say(`promtool is not here, and the rules of Prometheus are not tested. To have it: ${prometheusInstruction()}`);
  return false;
}
