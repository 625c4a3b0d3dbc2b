// Follows departments with graphql-ws and graphql-sse at once; prints what each of them receives as lines of JSON.
// usage: node follow.mjs <http url> <ws url> <authorization> <how many events>
import { createClient as createSse } from "graphql-sse";
import { createClient as createWs } from "graphql-ws";
import WebSocket from "ws";

const [url, socketUrl, authorization, wanted] = process.argv.slice(2);
const query = "subscription Follow { departmentChanged { event record { name } } }";
const say = (from, what) => console.log(JSON.stringify({ from, ...what }));

const clients = {
  ws: createWs({
    url: socketUrl,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
    on: { connected: () => say("ws", { connected: true }) },
  }),
  sse: createSse({
    url,
    headers: { authorization },
    retryAttempts: 0,
    on: { connected: () => say("sse", { connected: true }) },
  }),
};

async function follow(name, client) {
  const one = client.iterate({ query: "query Who { __typename }" });
  for await (const result of one) say(name, { answer: result.data });
  let left = Number(wanted);
  for await (const result of client.iterate({ query })) {
    say(name, { event: result.data });
    left -= 1;
    if (left === 0) break;
  }
  client.dispose();
  say(name, { done: true });
}

await Promise.all(Object.entries(clients).map(([name, client]) => follow(name, client)));
