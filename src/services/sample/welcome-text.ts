export interface Welcome {
  /** Where the API can be reached from this machine: `http://127.0.0.1:3000`. */
  readonly baseUrl: string;
  /** A token of user `demo`. */
  readonly token: string;
}

const LINE = '─'.repeat(72);

/** What to do first, for whoever started the application by hand: every command works as it stands. */
export function welcomeText({ baseUrl, token }: Welcome): string {
  const authorised = `curl -s -H 'Authorization: Bearer ${token}'`;
  const aggregates = `${baseUrl}/api/v1/health-data/aggregates`;
  const question = JSON.stringify({ message: 'How many steps did I walk last week?' });
  return `
${LINE}
Ready, with a year of sample data for the user demo.

Documentation   ${baseUrl}/docs
Token for demo  ${token}

Ask a question:
${authorised} -H 'Content-Type: application/json' -d '${question}' '${baseUrl}/api/v1/chat/stateless'

Get figures:
${authorised} '${aggregates}?metric_types=StepCount&time_period=last_7_days&bucket=day'

Make a mistake, and see what the answer teaches:
${authorised} '${aggregates}?metric_types=HartRate&time_period=last_7_days'
${LINE}
`;
}

/** How this machine reaches a server that listens at `host`. */
export function baseUrlOf(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
