import autocannon from 'autocannon';

// The load generator, a process of its own: on each message `{ url, tokens, connections, … }` (the
// rest are options of autocannon) it asks that URL as
// fast as it is answered, each connection with tokens of its own, and answers with what came back.
process.on('message', (order) => void run(order));
process.on('disconnect', () => process.exit());

async function run({ tokens, connections, ...options }) {
  let connection = 0;
  const setupClient = (client) => {
    const own = tokens.filter((_token, index) => index % connections === connection % connections);
    connection += 1;
    client.setRequests(own.map((token) => ({ headers: { authorization: `Bearer ${token}` } })));
  };
  const { requests, latency, errors, non2xx, duration } = await autocannon({
    ...options,
    connections,
    setupClient,
  });
  process.send({ perSecond: requests.total / duration, requests: requests.total, p99: latency.p99, errors, non2xx });
}
