# shellcheck shell=bash
RUNKEY_STEP_CONTEXT=$(cat << 'END'
{
  "ApiKeyId": "#{Octopus.Action[Create run API key].Output.ApiKeyId | JsonEscape}",
  "ApiKeyRunId": "#{Octopus.Action[Create run API key].Output.ApiKeyRunId | JsonEscape}",
  "ApiKeyOwnerId": "#{Octopus.Action[Create run API key].Output.ApiKeyOwnerId | JsonEscape}",
  "CreateStep": "Create run API key",
  "Octopus.Space.Id": "#{Octopus.Space.Id | JsonEscape}",
  "Octopus.Web.ServerUri": "#{Octopus.Web.ServerUri | JsonEscape}",
  "Octopus.Web.BaseUrl": "#{Octopus.Web.BaseUrl | JsonEscape}"
}
END
) \
OCTOPUS_API_KEY=$(get_octopusvariable "Octopus.Action[Create run API key].Output.ApiKey") \
  runkey use -- octopus environment list
