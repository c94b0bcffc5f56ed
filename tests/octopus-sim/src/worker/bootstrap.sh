# What a Bash script step finds in its own shell: the variables and the functions of Octopus.
# They are no environment variables and no exported functions, so programs do not see them.
#
# Where the real functions leave something unquoted, these do too: a script that trips there must
# trip here.
# shellcheck shell=bash disable=SC2086

declare -A octopus_variables=()
while IFS= read -r -d '' octopus_name && IFS= read -r -d '' octopus_value; do
  # The letter in front keeps names such as '@' from meaning the whole array.
  octopus_variables["=$octopus_name"]=$octopus_value
done
unset octopus_name octopus_value
exec < /dev/null

octopus_encode() { printf '%s' "${1-}" | base64 | tr -d '\n'; }

octopus_log() {
  echo "##octopus[stdout-$1]"
  echo $2
  echo '##octopus[stdout-default]'
}

# A name that nobody set gives an empty line. Names are compared exactly.
get_octopusvariable() {
  if [ -n "${octopus_variables["=$1"]+set}" ]; then
    printf '%s' "${octopus_variables["=$1"]}"
  else
    echo
  fi
}

# set_octopusvariable NAME VALUE [-sensitive]. An empty value is left out, and so sets nothing.
set_octopusvariable() {
  local message='##octopus[setVariable'
  if [ -n "$1" ]; then message+=" name='$(octopus_encode "$1")'"; fi
  if [ -n "$2" ]; then message+=" value='$(octopus_encode "$2")'"; fi
  if [ "${3-}" = -sensitive ]; then message+=" sensitive='$(octopus_encode True)'"; fi
  echo "$message]"
}

write_verbose() { octopus_log verbose "$1"; }
write_highlight() { octopus_log highlight "$1"; }
write_wait() { octopus_log wait "$1"; }
write_warning() { octopus_log warning "$1"; }

# update_progress PERCENTAGE MESSAGE
update_progress() {
  echo "##octopus[progress percentage='$(octopus_encode "$1")' message='$(octopus_encode "$2")']"
}

# new_octopusartifact FILE [NAME]. The size of a file with a blank in its name cannot be had, which
# ends a script under `set -e` and leaves another one with an error line and the artifact.
new_octopusartifact() {
  local name size
  echo "Collecting $1 as an artifact..."
  if [ ! -e "$1" ]; then
    echo "\"$1\" does not exist." >&2
    exit 127
  fi
  size=$(wc -c < $1)
  name=$2
  if [ -z "$name" ]; then name=$(basename "$1"); fi
  octopus_log verbose "Artifact $name will be collected from $1 after this step completes"
  echo "##octopus[createArtifact path='$(octopus_encode "$1")' name='$(octopus_encode "$name")' length='$(octopus_encode $size)']"
}

# fail_step [MESSAGE]
fail_step() {
  if [ -n "${1:-}" ]; then echo "##octopus[resultMessage message='$(octopus_encode "$1")']"; fi
  exit 1
}

# shellcheck source=/dev/null
source "$PWD/Script.sh"
