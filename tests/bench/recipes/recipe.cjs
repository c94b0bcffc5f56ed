// The recipe with Octopus's own client, over one connection: node recipe.cjs create|delete.
// The client's usual way in, Client.create, asks for GET /api first; here it is spared that request.
const fs = require("fs");
const https = require("https");
const { Client, Resolver } = require("@octopusdeploy/api-client");

const { env } = process;
const httpsAgent = new https.Agent({ ca: fs.readFileSync(env.RUNKEY_CA_FILE), keepAlive: true });
const client = new Client(new Resolver(env.OCTOPUS_URL), {
  userAgentApp: "recipe",
  instanceURL: env.OCTOPUS_URL,
  apiKey: env.OCTOPUS_API_KEY,
  httpsAgent,
});
const purpose = `${env.RUNKEY_RUN_BY} [runkey ${env.RUNKEY_RUN_ID}]`;

const encode = (text) => Buffer.from(text).toString("base64");
function setVariable(name, value, sensitive = false) {
  const mark = sensitive ? ` sensitive='${encode("True")}'` : "";
  console.log(`##octopus[setVariable name='${encode(name)}' value='${encode(value)}'${mark}]`);
}

async function main(step) {
  const me = await client.get("~/api/users/me");
  const keys = `~/api/users/${me.Id}/apikeys`;
  if (step === "create") {
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    const made = await client.post(keys, { Purpose: purpose, Expires: expires });
    setVariable("ApiKey", made.ApiKey, true);
    setVariable("ApiKeyId", made.Id);
  } else {
    // The first page only, as pasted.
    for (const key of (await client.get(keys)).Items) {
      if (key.Purpose === purpose) {
        await client.del(`${keys}/${key.Id}`);
        console.log(`Deleted ${key.Id}.`);
      }
    }
  }
  httpsAgent.destroy();
}

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exit(1);
});
