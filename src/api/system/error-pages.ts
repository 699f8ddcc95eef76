import { escapeHtml } from '@app/common';
import type { ErrorDescription } from './error-descriptions';

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}' +
  'table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4rem .8rem;border-bottom:1px solid #ddd;' +
  'vertical-align:top}code{font-size:.9em}';

export function errorListPage(errors: readonly ErrorDescription[]): string {
  const rows = errors.map(
    ({ code, status, message, retryable }) =>
      `<tr><td><a href="/errors/${escapeHtml(code)}"><code>${escapeHtml(code)}</code></a></td>` +
      `<td>${status}</td><td>${escapeHtml(message)}</td><td>${retryable ? 'yes' : 'no'}</td></tr>`,
  );
  const head = '<tr><th>Code</th><th>Status</th><th>Message</th><th>Retry can help</th></tr>';
  return page('Errors', `<h1>Errors</h1><table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table>`);
}

export function errorPage(error: ErrorDescription): string {
  const rows = error.details.map(
    ({ name, type, description, example }) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${escapeHtml(type)}</td><td>${escapeHtml(description)}</td>` +
      `<td><code>${escapeHtml(JSON.stringify(example))}</code></td></tr>`,
  );
  const head = '<tr><th>Name</th><th>Type</th><th>Meaning</th><th>Example</th></tr>';
  const details =
    rows.length === 0 ? '' : `<h2>details</h2><table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table>`;
  const pause =
    error.retry_after_seconds === null ? '' : `, after ${error.retry_after_seconds} s or what Retry-After says`;
  return page(
    error.code,
    `<p><a href="/errors">All errors</a></p><h1><code>${escapeHtml(error.code)}</code></h1>` +
      `<p>${escapeHtml(error.message)}</p><dl><dt>Status</dt><dd>${error.status}</dd>` +
      `<dt>Category</dt><dd>${escapeHtml(error.category)}</dd>` +
      `<dt>Retry can help</dt><dd>${error.retryable ? `yes${pause}` : 'no'}</dd>` +
      `<dt>What to do</dt><dd>${escapeHtml(error.action)}</dd></dl>${details}`,
  );
}

function page(title: string, body: string): string {
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>` +
    `<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body>${body}</body></html>`
  );
}
