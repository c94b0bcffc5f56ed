# Revokes this run's API key, also when the step that created it failed half-way.

. ./parts/program.sh

. ./parts/create-step.sh

runkey_find_program
IFS= read -r -d '' RUNKEY_STEP_CONTEXT << 'RUNKEY_END'
. ./parts/delete.json
RUNKEY_END
export RUNKEY_STEP_CONTEXT
cd "${BASH_SOURCE[0]%/*}" || exit # The report is written here: in the step's own folder.
OCTOPUS_ID_TOKEN=$(get_octopusvariable RunKey.Delete.Identity.OpenIdConnect.Jwt) \
OCTOPUS_API_KEY=$(get_octopusvariable RunKey.Delete.ApiKey) \
RUNKEY_KEY=$(get_octopusvariable "Octopus.Action[$runkey_create_step].Output.ApiKey") \
  "$runkey_program" delete
exit $?
