# shellcheck shell=bash
# What a schedule starts every few minutes: no key outlives its run for long.
OCTOPUS_URL=$(get_octopusvariable Octopus.Web.ServerUri) \
OCTOPUS_API_KEY=$(get_octopusvariable Automation.ApiKey) \
RUNKEY_OUTPUT=octopus \
  runkey delete --ended
