// Octopus's own TypeScript client, with the server and the key that `runkey use` gives.
import assert from "node:assert/strict";
import {
  Client,
  EnvironmentRepository,
  ProjectRepository,
  SpaceRepository,
  userGetCurrent,
} from "@octopusdeploy/api-client";

const { OCTOPUS_URL, OCTOPUS_API_KEY, OCTOPUS_SPACE } = process.env;
const claim = (text) => console.log(`ok: ${text}`);

const client = await Client.create({
  userAgentApp: "work.js",
  instanceURL: OCTOPUS_URL,
  apiKey: OCTOPUS_API_KEY,
});
const server = await client.getServerInformation();
assert.match(server.version, /^\d+\.\d+/);
assert.match(server.installationId, /^[0-9a-f-]{36}$/);
claim("Client.create finds the server, its version and its installation");

const spaces = await new SpaceRepository(client).list({ partialName: OCTOPUS_SPACE, skip: 0, take: 10 });
assert.equal(spaces.ItemType, "Space");
assert.deepEqual(spaces.Items.map((space) => space.Name), [OCTOPUS_SPACE]);
claim("SpaceRepository lists the space");

const environments = new EnvironmentRepository(client, OCTOPUS_SPACE);
const made = await environments.create({ Name: "Blue", Description: "made" });
assert.equal((await environments.get(made.Id)).Name, "Blue");
claim("EnvironmentRepository creates an environment, and gets it");

const changed = await environments.modify({ ...made, Description: "changed" });
assert.equal(changed.Description, "changed");
const found = await environments.list({ partialName: "blu", skip: 0, take: 1 });
assert.deepEqual(found.Items.map((item) => item.Description), ["changed"]);
claim("it modifies the environment, and finds it by a part of its name");

await environments.del(made);
const left = await environments.list({ skip: 0, take: 100 });
assert.deepEqual(left.Items.map((item) => item.Name), ["Test", "Production"]);
await assert.rejects(environments.get(made.Id), { StatusCode: 404 });
claim("it deletes the environment, and says 404 of it from then on");

const projects = await new ProjectRepository(client, OCTOPUS_SPACE).list();
assert.deepEqual(projects.Items.map((project) => project.Name), ["Web Shop"]);
claim("ProjectRepository lists the projects");

const me = await userGetCurrent(client);
assert.deepEqual([me.Username, me.IsService], ["runbook-svc", true]);
claim("userGetCurrent is the service account, whose key it is");

const events = await client.request("~/api/events{?take,users}", { take: 3, users: me.Id });
const messages = events.Items.map((event) => event.Message);
assert.deepEqual(messages, ["deleted", "changed", "created"].map((done) => `Environment Blue was ${done}`));
for (const event of events.Items) {
  assert.match(event.IdentityEstablishedWith, /'Alice King \(alice\) \[runkey ServerTasks-\d+\]'/);
  assert.match(event.UserAgent, /work\.js/);
}
claim("the audit trail quotes Alice with each of the three changes");
