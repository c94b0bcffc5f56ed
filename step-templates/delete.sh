# Revokes this run's API key, also when the step that created it failed half-way.
step=Delete

. ./parts/program.sh

. ./parts/person.sh
. ./parts/key.sh

find_program
run_id=$(get RunId)
owner=$(created ApiKeyOwnerId)
report=''; [ "$(get Report)" = True ] && report=run-api-key-report.html
OCTOPUS_URL=$(get ServerUrl) \
OCTOPUS_API_KEY=$(get ApiKey) \
OCTOPUS_ACCESS_TOKEN=$(get AccessToken) \
RUNKEY_OUTPUT=octopus \
RUNKEY_PURPOSE=$(created ApiKeyPurpose) \
RUNKEY_RUN_BY=$(run_by) \
RUNKEY_RUN_ID=${run_id:-$(get_octopusvariable Octopus.Task.Id)} \
RUNKEY_OWNER=${owner:-$(get Owner)} \
RUNKEY_KEY_ID=$(created ApiKeyId) \
OCTOPUS_SPACE=$(get_octopusvariable Octopus.Space.Id) \
RUNKEY_DRY_RUN=$(get DryRun) \
RUNKEY_REPORT=$report \
RUNKEY_PROOF_KEY=$(created ApiKey) \
  "$program" delete
exit $?
