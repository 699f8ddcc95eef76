/** Users who keep reading, asking and storing; `stop` lets them finish. */
export function startUsers(url, token) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  let stopped = false;
  const every = async (pauseMs, ask) => {
    while (!stopped) {
      await ask()
        .then((response) => response.arrayBuffer())
        .catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const get = (path) => fetch(`${url}${path}`, { headers });
  const post = (path, body) => fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const metrics = ['StepCount', 'HeartRate', 'RestingHeartRate', 'BodyMass'];
  let turn = 0;
  const users = [
    every(100, () =>
      get(`/api/v1/health-data/aggregates?metric_types=${metrics[turn++ % 4]}&time_period=last_7_days&bucket=day`),
    ),
    every(200, () => get('/api/v1/me')),
    every(300, () => post('/api/v1/chat/stateless', { message: 'How many steps did I walk last week?' })),
    every(400, () => post('/api/v1/health-data/records', { records: [weight(turn)] })),
  ];
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(users);
    },
  };
}

function weight(turn) {
  const start = new Date(Date.now() - turn * 60_000).toISOString();
  return { metric_type: 'BodyMass', value: 70 + (turn % 10) / 10, unit: 'kg', start, source: 'Scale' };
}

/** What operators ask a replica for; null is an error. */
export function operatorOf(url, token) {
  return async (path) => {
    const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    const { data } = await response.json();
    return data;
  };
}
