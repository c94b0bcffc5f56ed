# Creates this run's own API key. Later steps find it in the output variable ApiKey of this step.

. ./parts/program.sh

runkey_find_program
IFS= read -r -d '' RUNKEY_STEP_CONTEXT << 'RUNKEY_END'
. ./parts/create.json
RUNKEY_END
export RUNKEY_STEP_CONTEXT
OCTOPUS_ID_TOKEN=$(get_octopusvariable RunKey.Create.Identity.OpenIdConnect.Jwt) \
OCTOPUS_API_KEY=$(get_octopusvariable RunKey.Create.ApiKey) \
  "$runkey_program" create
exit $?
