/** The error catalogue as a table, in the order of their statuses. */
export function errorTable(catalogue) {
  const rows = Object.entries(catalogue)
    .sort(([codeA, a], [codeB, b]) => a.status - b.status || codeA.localeCompare(codeB, 'en'))
    .map(([code, { status, category, message, retryable, action, details }]) => {
      const shown = Object.entries(details).filter(([, field]) => status < 500 || field.public);
      const names = shown.map(([name]) => `\`${name}\``).join(', ');
      return [`\`${code}\``, status, category, message, retryable ? 'yes' : 'no', action, names];
    });
  return table(['Code', 'Status', 'Category', 'Message', 'Retry helps', 'What to do', 'Details'], rows);
}

/** The families of keys in Redis as a table. */
export function keyTable(families) {
  const rows = families.map(({ pattern, owner, type, ttl, size }) => [`\`${pattern}\``, owner, type, ttl, size]);
  return table(['Key', 'Owner', 'Type', 'Expires', 'Size'], rows);
}

/** All metrics as a table, in the order they are declared. */
export function metricTable(metrics) {
  const rows = Object.values(metrics).map(({ name, type, help, labels = {}, buckets }) => {
    const names = Object.entries(labels).map(([label, rule]) => `\`${label}\`: ${valuesOf(rule)}`);
    const bounds = buckets ? `; buckets ${buckets.join(', ')}` : '';
    return [`\`${name}\``, `${type}${bounds}`, names.join('<br>'), help];
  });
  return table(['Metric', 'Type', 'Labels', 'Meaning'], rows);
}

const MOST_SHOWN = 12;

function valuesOf(rule) {
  if (!Array.isArray(rule)) return rule.upTo === 1 ? rule.meaning : `${rule.meaning} (${limitOf(rule)})`;
  return rule.length > MOST_SHOWN
    ? `one of ${rule.length} of the catalogue`
    : rule.map((value) => `\`${value}\``).join(', ');
}

function limitOf({ upTo, among }) {
  return `${upTo ?? among.length} at most, then \`other\``;
}

/** A Markdown table. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** `page` with what stands between the two markers of `name` replaced. */
export function withSection(page, name, content) {
  const [begin, end] = [`<!-- ${name}:begin (generated) -->`, `<!-- ${name}:end -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The page has no section ${name}`);
  return `${page.slice(0, from + begin.length)}\n\n${content}\n\n${page.slice(to)}`;
}
