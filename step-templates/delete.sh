# Revokes this run's API key, also when the step that created it failed half-way.
runkey_step=Delete

. ./parts/program.sh

. ./parts/person.sh

. ./parts/key.sh

. ./parts/switch.sh

runkey_find_program
runkey_purpose=$(runkey_created ApiKeyPurpose)
runkey_run_by=''
runkey_run_id=''
[ -n "$runkey_purpose" ] || { runkey_find_person; runkey_find_run; }
runkey_owner=$(runkey_created ApiKeyOwnerId)
runkey_report=''
if runkey_is_on Report; then runkey_report=run-api-key-report.html; fi
runkey_proof_key=''
if runkey_is_on Proof; then runkey_proof_key=$(runkey_created ApiKey); fi
OCTOPUS_URL=$(runkey_get ServerUrl) \
OCTOPUS_API_KEY=$(runkey_get ApiKey) \
OCTOPUS_ACCESS_TOKEN=$(runkey_get AccessToken) \
OCTOPUS_SPACE=$(get_octopusvariable Octopus.Space.Id) \
RUNKEY_ENV_FILE=/dev/null \
RUNKEY_OUTPUT=octopus \
RUNKEY_PURPOSE=$runkey_purpose \
RUNKEY_RUN_BY=$runkey_run_by \
RUNKEY_RUN_ID=$runkey_run_id \
RUNKEY_OWNER=${runkey_owner:-$(runkey_get Owner)} \
RUNKEY_KEY_ID=$(runkey_created ApiKeyId) \
RUNKEY_DRY_RUN=$(runkey_get DryRun) \
RUNKEY_ENDED=$(runkey_get Ended) \
RUNKEY_REPORT=$runkey_report \
RUNKEY_PROOF_KEY=$runkey_proof_key \
  "$runkey_program" delete
exit $?
