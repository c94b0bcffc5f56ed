# shellcheck shell=bash
OCTOPUS_URL=$(get_octopusvariable "Octopus.Web.ServerUri") \
OCTOPUS_API_KEY=$(get_octopusvariable "Automation.ApiKey") \
  runkey delete --ended
