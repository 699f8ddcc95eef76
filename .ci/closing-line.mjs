import { existsSync, readFileSync } from 'node:fs';

// Usage: closing-line.mjs <jest summary> <exit code of the run so far>
const [file, code] = process.argv.slice(2);
// What is tested by itself has a summary of its own.
const counts = [file, `${file}.load`].filter(existsSync).map((each) => count(readFileSync(each, 'utf8')));
const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map((of) =>
  counts.reduce((sum, each) => sum + each[of], 0),
);
// A step before the tests, or something around them, can fail too: that is never "0 failed".
const failures = Number(code) === 0 ? failed : Math.max(failed, 1);
console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);

function count(text) {
  if (text === '') return { passed: 0, failed: 0, skipped: 0 };
  const summary = JSON.parse(text);
  return {
    passed: summary.numPassedTests,
    // A file that cannot be loaded has no tests to count and counts as one.
    failed: summary.numFailedTests + summary.numRuntimeErrorTestSuites,
    skipped: summary.numPendingTests + summary.numTodoTests,
  };
}
