// Starts the MCP server as an AI agent's program does, `ask.js COMMAND…`, and speaks with it over its
// standard input and output, on which nothing else may be.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const [command, ...rest] = process.argv.slice(2);
const server = spawn(command, rest, { stdio: ["pipe", "pipe", "inherit"] });
const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
const claim = (text) => console.log(`ok: ${text}`);
const send = (message) =>
  server.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

let asked = 0;
async function ask(method, params) {
  const id = ++asked;
  send({ id, method, params });
  for (;;) {
    const { value, done } = await lines.next();
    assert(!done, "the server ended before it answered");
    // A line that is no JSON throws: nobody else may write here.
    const message = JSON.parse(value);
    assert.equal(message.jsonrpc, "2.0");
    if (message.id === id) {
      assert(!message.error, JSON.stringify(message.error));
      return message.result;
    }
  }
}

const hello = await ask("initialize", {
  protocolVersion: "2025-06-18",
  capabilities: {},
  clientInfo: { name: "ask.js", version: "1.0.0" },
});
send({ method: "notifications/initialized" });
claim(`${hello.serverInfo.name} ${hello.serverInfo.version} answers on its standard output, and nobody else`);

const { tools } = await ask("tools/list", {});
assert(tools.some((tool) => tool.name === "list_spaces"));
claim("it lists its tools");

const told = async (name, input) => {
  const result = await ask("tools/call", { name, arguments: input });
  assert(!result.isError, JSON.stringify(result));
  return JSON.parse(result.content[0].text);
};
const spaces = await told("list_spaces", {});
assert.deepEqual(spaces.items.map((space) => space.name), ["Default"]);
const environments = await told("list_environments", { spaceName: "Default" });
assert.equal(environments.items.length, 2);
claim("its list_spaces and list_environments show what the simulated server has");

server.stdin.end();
const code = await new Promise((resolve) => server.on("exit", resolve));
assert.equal(code, 0);
