# What a Bash script step finds in its own shell: the variables and the functions of Octopus.
# They are no environment variables and no exported functions, so programs do not see them.

declare -A octopus_variables=()
# The letter in front keeps names such as '@' from meaning the whole array.
while IFS= read -r -d '' octopus_name && IFS= read -r -d '' octopus_value; do
  octopus_variables["=$octopus_name"]=$octopus_value
done
unset octopus_name octopus_value
exec < /dev/null

octopus_encode() { printf '%s' "${1-}" | base64 | tr -d '\n'; }

octopus_log() { printf '%s\n' "##octopus[stdout-$1]" "$2" '##octopus[stdout-default]'; }

# A name that nobody set gives nothing.
get_octopusvariable() { printf '%s' "${octopus_variables["=$1"]-}"; }

# set_octopusvariable NAME VALUE [-sensitive]
set_octopusvariable() {
  local sensitive=
  if [ "${3-}" = -sensitive ]; then sensitive=" sensitive='$(octopus_encode True)'"; fi
  echo "##octopus[setVariable name='$(octopus_encode "$1")' value='$(octopus_encode "${2-}")'$sensitive]"
}

write_verbose() { octopus_log verbose "$1"; }
write_highlight() { octopus_log highlight "$1"; }
write_wait() { octopus_log wait "$1"; }
write_warning() { octopus_log warning "$1"; }

# update_progress PERCENTAGE [MESSAGE]
update_progress() {
  echo "##octopus[progress percentage='$(octopus_encode "$1")' message='$(octopus_encode "${2-}")']"
}

# new_octopusartifact FILE [NAME]
new_octopusartifact() {
  local name=${2-} size
  size=$(wc -c < "$1") || return
  echo "##octopus[createArtifact path='$(octopus_encode "$1")' name='$(octopus_encode "${name:-${1##*/}}")' length='$(octopus_encode "${size// /}")']"
}

# fail_step [MESSAGE]
fail_step() {
  if [ -n "${1-}" ]; then echo "##octopus[resultMessage message='$(octopus_encode "$1")']"; fi
  exit 1
}

# shellcheck source=/dev/null
source ./script.sh
