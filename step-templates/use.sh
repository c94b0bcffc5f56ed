# Checks this run's API key, then runs a script with it: a plain script step that has the key.

. ./parts/program.sh

. ./parts/create-step.sh

runkey_find_program
IFS= read -r -d '' RUNKEY_STEP_CONTEXT << 'RUNKEY_END'
. ./parts/use.json
RUNKEY_END
export RUNKEY_STEP_CONTEXT
ApiKey=$(get_octopusvariable "Octopus.Action[$runkey_create_step].Output.ApiKey")
OCTOPUS_API_KEY=$ApiKey "$runkey_program" use || exit

# What the tools that people have find in their environment: runkey says the names, never a secret.
runkey_environment=$(OCTOPUS_API_KEY=$ApiKey "$runkey_program" use --generate environment) || exit
while read -r runkey_what runkey_name runkey_value; do
  case $runkey_what in
    key) export "$runkey_name=$ApiKey" ;;
    set) export "$runkey_name=$runkey_value" ;;
    unset) unset -v "$runkey_name" ;;
  esac
done <<< "$runkey_environment"

# The script is a file, as in a plain step, and the last that this shell runs: its traps and its exit
# code are the step's, and the key's variables end with it.
runkey_script=$(get_octopusvariable RunKey.Use.Script; echo .) # The dot keeps the line ends before it.
runkey_script=${runkey_script//$'\r\n'/$'\n'}
printf %s "${runkey_script%.}" > "${BASH_SOURCE[0]%/*}/Use.sh" || exit
unset -f runkey_answers runkey_find_program
unset -v "${!runkey_@}"
# shellcheck source=/dev/null
source "${BASH_SOURCE[0]%/*}/Use.sh"
