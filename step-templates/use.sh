# Checks this run's API key and runs a script with it, in this step's own shell.
step=Use

. ./parts/program.sh

. ./parts/key.sh

find_program
url=$(get ServerUrl)
api_key=$(created ApiKey)
OCTOPUS_URL=$url \
OCTOPUS_API_KEY=$api_key \
OCTOPUS_ACCESS_TOKEN='' \
RUNKEY_OUTPUT=octopus \
RUNKEY_PURPOSE=$(created ApiKeyPurpose) \
RUNKEY_OWNER=$(created ApiKeyOwnerId) \
RUNKEY_KEY_ID=$(created ApiKeyId) \
RUNKEY_CREATE_STEP=$(get CreateStep) \
  "$program" use || exit $?

script=$(get Script)
script=${script//$'\r'/} # Lines may end as they do on Windows.
space=$(get_octopusvariable Octopus.Space.Id)
# A subshell knows the Octopus functions too. However it ends, the key leaves the environment.
(
  unset OCTOPUS_ACCESS_TOKEN "${!RUNKEY_@}"
  export OCTOPUS_URL=$url OCTOPUS_API_KEY=$api_key OCTOPUS_SPACE=$space
  # shellcheck disable=SC2034 # The script's own variable.
  ApiKey=$api_key
  set -eo pipefail
  eval "$script"
)
exit $?
