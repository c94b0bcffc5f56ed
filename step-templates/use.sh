# Checks this run's API key, then runs a script with it: a plain script step that has the key.
runkey_step=Use

. ./parts/program.sh

. ./parts/key.sh

. ./parts/names.sh

runkey_find_program
runkey_url=$(runkey_get ServerUrl)
runkey_key=$(runkey_created ApiKey)
OCTOPUS_URL=$runkey_url \
OCTOPUS_API_KEY=$runkey_key \
OCTOPUS_ACCESS_TOKEN='' \
RUNKEY_ENV_FILE=/dev/null \
RUNKEY_OUTPUT=octopus \
RUNKEY_PURPOSE=$(runkey_created ApiKeyPurpose) \
RUNKEY_OWNER=$(runkey_created ApiKeyOwnerId) \
RUNKEY_KEY_ID=$(runkey_created ApiKeyId) \
RUNKEY_CREATE_STEP=$runkey_create_step \
  "$runkey_program" use || exit

# The script may read octopus_parameters[...]: Octopus fills that array for scripts that name it.
runkey_script=$(runkey_get Script; echo .) # The dot keeps the line ends before it.
runkey_script=${runkey_script%.}
runkey_script=${runkey_script//$'\r\n'/$'\n'}

for runkey_name in "${runkey_server_names[@]}"; do export "$runkey_name=$runkey_url"; done
for runkey_name in "${runkey_key_names[@]}"; do export "$runkey_name=$runkey_key"; done
# What is not set some tools look up in a file of the folder that they start in: empty is safer.
for runkey_name in "${runkey_foreign_names[@]}"; do export "$runkey_name="; done
unset -v "${!RUNKEY_@}"
OCTOPUS_SPACE=$(get_octopusvariable Octopus.Space.Id)
export OCTOPUS_SPACE
# shellcheck disable=SC2034 # The script's own variable.
ApiKey=$runkey_key

# The script comes out of a pipe, never off the disk, and is the last that this shell runs: its
# traps and its exit code are the step's, and the key's variables end with it.
unset -f runkey_get runkey_find_program runkey_created
# shellcheck disable=SC1090,SC1091,SC2094
if [ "${BASH_VERSINFO[0]}" -lt 4 ]; then # It would read nothing from a pipe.
  eval "$runkey_script"
elif mkfifo -m 600 "$PWD/Use.sh" 2> /dev/null; then
  # The pipe is gone before the script begins; a job of its own would be seen by the script.
  ({ printf %s "$runkey_script"; rm -f "$PWD/Use.sh"; } > "$PWD/Use.sh" &)
  unset -v "${!runkey_@}"
  source "$PWD/Use.sh"
else # A share, for instance, takes no named pipe.
  source <(printf %s "$runkey_script")
fi
