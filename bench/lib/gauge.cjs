'use strict';
// Loaded into the application with `--require`, so that it can be measured as it is: on a message from its parent it
// tells the longest delay of its event loop and the CPU time since the message before, and the most memory it ever held.
const { readFileSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { isMainThread } = require('node:worker_threads');

const INTERVAL_MS = 2;
const BYTES_PER_KIB = 1024;

// Worker threads are started with the same arguments: it is the thread that answers requests that must not stall.
if (isMainThread && process.channel) measure();

function measure() {
  const delay = monitorEventLoopDelay({ resolution: INTERVAL_MS });
  let cpuBefore = process.cpuUsage();
  delay.enable();
  process.on('message', () => {
    const { user, system } = process.cpuUsage(cpuBefore);
    // Nothing is subtracted: a loop that is never held up shows the interval itself.
    process.send({ stallMs: delay.max / 1e6, cpuSeconds: (user + system) / 1e6, peakRssBytes: peakRssBytes() });
    cpuBefore = process.cpuUsage();
    delay.reset();
  });
  // Whatever becomes of the bench, the application does not outlive it.
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}

/** Of the whole process, its worker threads included. */
function peakRssBytes() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * BYTES_PER_KIB;
  // Unlike the resource usage, it knows nothing of the process that this one was forked from.
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(kibibytes) * BYTES_PER_KIB;
}
