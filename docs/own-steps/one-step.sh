# shellcheck shell=bash
RUNKEY_STEP_CONTEXT=$(cat << 'END'
{
  "Octopus.Task.Id": "#{Octopus.Task.Id | JsonEscape}",
  "Octopus.Machine.Id": "#{Octopus.Machine.Id | JsonEscape}",
  "Octopus.Deployment.CreatedBy.Id": "#{Octopus.Deployment.CreatedBy.Id | JsonEscape}",
  "Octopus.Deployment.CreatedBy.Username": "#{Octopus.Deployment.CreatedBy.Username | JsonEscape}",
  "Octopus.Deployment.CreatedBy.DisplayName": "#{Octopus.Deployment.CreatedBy.DisplayName | JsonEscape}",
  "Octopus.Deployment.Trigger.Name": "#{Octopus.Deployment.Trigger.Name | JsonEscape}",
  "Octopus.Space.Id": "#{Octopus.Space.Id | JsonEscape}",
  "Octopus.Web.ServerUri": "#{Octopus.Web.ServerUri | JsonEscape}",
  "Octopus.Web.BaseUrl": "#{Octopus.Web.BaseUrl | JsonEscape}"
}
END
) \
OCTOPUS_API_KEY=$(get_octopusvariable "Automation.ApiKey") \
  runkey create -- octopus environment list
