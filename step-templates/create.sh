# Creates this run's own API key. Later steps find it in the output variable ApiKey of this step.
step=Create

. ./parts/program.sh

. ./parts/person.sh

find_program
run_id=$(get RunId)
OCTOPUS_URL=$(get ServerUrl) \
OCTOPUS_API_KEY=$(get ApiKey) \
OCTOPUS_ACCESS_TOKEN=$(get AccessToken) \
RUNKEY_OUTPUT=octopus \
RUNKEY_PURPOSE='' \
RUNKEY_RUN_BY=$(run_by) \
RUNKEY_RUN_ID=${run_id:-$(get_octopusvariable Octopus.Task.Id)} \
RUNKEY_OWNER=$(get Owner) \
RUNKEY_EXPIRES_IN=$(get ExpiresIn) \
RUNKEY_ACCESS=$(get Access) \
  "$program" create
exit $?
