# Creates this run's own API key. Later steps find it in the output variable ApiKey of this step.
runkey_step=Create

. ./parts/program.sh

. ./parts/person.sh

runkey_find_program
runkey_find_person
runkey_find_run
OCTOPUS_URL=$(runkey_get ServerUrl) \
OCTOPUS_API_KEY=$(runkey_get ApiKey) \
OCTOPUS_ACCESS_TOKEN=$(runkey_get AccessToken) \
RUNKEY_ENV_FILE=/dev/null \
RUNKEY_OUTPUT=octopus \
RUNKEY_PURPOSE='' \
RUNKEY_RUN_BY=$runkey_run_by \
RUNKEY_RUN_ID=$runkey_run_id \
RUNKEY_OWNER=$(runkey_get Owner) \
RUNKEY_EXPIRES_IN=$(runkey_get ExpiresIn) \
RUNKEY_ACCESS=$(runkey_get Access) \
RUNKEY_ACTOR_TYPE=$(runkey_get ActorType) \
  "$runkey_program" create
exit $?
