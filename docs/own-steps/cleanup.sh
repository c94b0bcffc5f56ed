# shellcheck shell=bash
RUNKEY_STEP_CONTEXT=$(cat << 'END'
{
  "Finished": "True",
  "Octopus.Web.ServerUri": "#{Octopus.Web.ServerUri | JsonEscape}",
  "Octopus.Web.BaseUrl": "#{Octopus.Web.BaseUrl | JsonEscape}"
}
END
) \
OCTOPUS_API_KEY=$(get_octopusvariable "Automation.ApiKey") \
  runkey delete
