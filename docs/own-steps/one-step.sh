# shellcheck shell=bash
display_name=$(get_octopusvariable "Octopus.Deployment.CreatedBy.DisplayName")
username=$(get_octopusvariable "Octopus.Deployment.CreatedBy.Username")
OCTOPUS_URL=$(get_octopusvariable "Octopus.Web.ServerUri") \
OCTOPUS_SPACE=$(get_octopusvariable "Octopus.Space.Id") \
OCTOPUS_API_KEY=$(get_octopusvariable "Automation.ApiKey") \
RUNKEY_RUN_BY="$display_name ($username)" \
RUNKEY_RUN_ID=$(get_octopusvariable "Octopus.Task.Id") \
RUNKEY_OUTPUT=octopus \
  runkey create -- octopus environment list
