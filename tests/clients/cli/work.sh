#!/usr/bin/env bash
# The official CLI, with the server, the key and the space that `runkey use` gives.
set -euo pipefail

shows() { # TEXT COMMAND…: the command's output holds this text.
  local text=$1 said
  shift
  said=$("$@")
  [[ $said == *"$text"* ]] || { echo "'$*' does not show '$text' but: $said"; exit 1; }
}

shows 'Default' octopus space list
shows 'Production' octopus environment list
echo 'ok: it lists the spaces and the environments'
shows "Successfully created environment 'Green'" octopus environment create --name Green --no-prompt
shows '"Name": "Green"' octopus environment list --output-format json
echo 'ok: it creates an environment, and lists it'
shows 'Web Shop' octopus project list
shows 'runbook-alice' octopus user list
echo 'ok: it lists the projects and the users'
octopus environment delete Green --confirm --no-prompt
if octopus environment list | grep Green; then
  exit 1
fi
echo 'ok: it deletes the environment'
grep -q API-STALE .env
echo "ok: the .env of its folder, which it reads, does not win over the run's key"
