# shellcheck shell=bash
created() { get_octopusvariable "Octopus.Action[Create run API key].Output.$1"; }
OCTOPUS_URL=$(get_octopusvariable "Octopus.Web.ServerUri") \
OCTOPUS_SPACE=$(get_octopusvariable "Octopus.Space.Id") \
OCTOPUS_API_KEY=$(created ApiKey) \
RUNKEY_KEY_ID=$(created ApiKeyId) \
RUNKEY_OWNER=$(created ApiKeyOwnerId) \
RUNKEY_PURPOSE=$(created ApiKeyPurpose) \
RUNKEY_CREATE_STEP="Create run API key" \
  runkey use -- octopus environment list
