#!/usr/bin/env bash
# curl, with the server and the key that `runkey use` gives; the key is on no command line.
set -euo pipefail

octopus() { # METHOD PATH [JSON]
  curl --fail --silent --show-error --request "$1" ${3+--data "$3"} \
    --header @<(printf 'X-Octopus-ApiKey: %s' "$OCTOPUS_API_KEY") "$OCTOPUS_URL/api$2"
}

octopus GET /users/me | grep -q '"Username":"runbook-svc"'
echo 'ok: curl asks who it is'
id=$(octopus POST /environments '{"Name": "Amber"}' | grep -o 'Environments-[0-9]*' | head -n 1)
octopus DELETE "/environments/$id" >/dev/null
echo 'ok: it creates an environment of the default space, and deletes it'
