# shellcheck shell=bash
# A script step of one's own: the work is a command that runkey runs.
OCTOPUS_URL=$(get_octopusvariable Octopus.Web.ServerUri)
OCTOPUS_API_KEY=$(get_octopusvariable Automation.ApiKey)
RUNKEY_RUN_BY="$(get_octopusvariable Octopus.Deployment.CreatedBy.DisplayName) ($(get_octopusvariable Octopus.Deployment.CreatedBy.Username))"
RUNKEY_RUN_ID=$(get_octopusvariable Octopus.Task.Id)
export OCTOPUS_URL OCTOPUS_API_KEY RUNKEY_RUN_BY RUNKEY_RUN_ID
PROJECT=Projects-404 runkey create --output octopus --space Spaces-1 -- bash -s
