# shellcheck shell=bash
RUNKEY_STEP_CONTEXT=$(cat << 'END'
{
  "ApiKeyId": "#{Octopus.Action[Create run API key].Output.ApiKeyId | JsonEscape}",
  "ApiKeyRunId": "#{Octopus.Action[Create run API key].Output.ApiKeyRunId | JsonEscape}",
  "ApiKeyOwnerId": "#{Octopus.Action[Create run API key].Output.ApiKeyOwnerId | JsonEscape}",
  "ApiKeyIndeterminate": "#{Octopus.Action[Create run API key].Output.ApiKeyIndeterminate | JsonEscape}",
  "CreateStep": "Create run API key",
  "Report": "True",
  "Octopus.Task.Id": "#{Octopus.Task.Id | JsonEscape}",
  "Octopus.Machine.Id": "#{Octopus.Machine.Id | JsonEscape}",
  "Octopus.Space.Id": "#{Octopus.Space.Id | JsonEscape}",
  "Octopus.Web.ServerUri": "#{Octopus.Web.ServerUri | JsonEscape}",
  "Octopus.Web.BaseUrl": "#{Octopus.Web.BaseUrl | JsonEscape}"
}
END
) \
OCTOPUS_API_KEY=$(get_octopusvariable "Automation.ApiKey") \
  runkey delete
