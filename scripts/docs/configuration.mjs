/**
 * What can be configured, from the schema: name, type, default, whether it is secret, meaning.
 * `toJSONSchema` is zod's; the schema's transformations play no part on the way in.
 */
export function variablesOf(schema, toJSONSchema) {
  const { properties } = toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, property]) => ({
    name,
    type: typeOf(property),
    fallback: property.default === undefined ? undefined : String(property.default),
    secret: property.secret === true,
    meaning: property.description ?? '',
  }));
}

function typeOf({ type, format, minimum, maximum, minLength, enum: choices }) {
  if (choices) return choices.join(' | ');
  if (type === 'integer' || type === 'number') return `${type} ${minimum} to ${limit(maximum)}`;
  if (format === 'uri') return 'URL';
  return minLength ? `string of ${minLength} characters or more` : type;
}

function limit(maximum) {
  return maximum === Number.MAX_SAFE_INTEGER ? '2^53 - 1' : String(maximum);
}

/** The page `docs/configuration.md`. */
export function configurationPage(variables) {
  const rows = variables.map(({ name, type, fallback, secret, meaning }) => {
    const shown = fallback === undefined ? '' : `\`${fallback}\``;
    return `| \`${name}\` | ${cell(type)} | ${shown} | ${cell(meaning)}${secret ? ' (secret)' : ''} |`;
  });
  return `# Configuration

Everything is configured by environment variables. They are read and checked once, at start: when something is wrong
the program lists every problem and ends with exit code 78. An empty variable counts as unset. Secrets are never
printed.

\`npm run config\` prints this list together with the values that are set where you run it. This page is generated from
the schema in [src/config/config.schema.ts](../src/config/config.schema.ts) by \`npm run config -- --markdown\`.

| Variable | Type | Default | Meaning |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

/** The list as text; `given` are the values that are set. */
export function configurationText(variables, given) {
  return variables.map((variable) => textOf(variable, given[variable.name])).join('\n');
}

function textOf({ name, type, fallback, secret, meaning }, value) {
  const isSet = value !== undefined && value !== '';
  const now = isSet ? `, now ${secret ? 'set (secret)' : value}` : '';
  return `${name}  (${type}; default ${fallback ?? 'unset'}${now})\n    ${meaning}`;
}

function cell(text) {
  return text.replaceAll('|', '\\|');
}
