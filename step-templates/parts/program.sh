# A single line that Octopus escaped as JSON: `read` without -r undoes that.
# shellcheck disable=SC2162
read runkey_package << 'RUNKEY_END'
#{Octopus.Action.Package[RunKey.Step.Package].ExtractedPath | JsonEscape}
RUNKEY_END

# Tells whether a program answers. One that is empty, damaged or for another system does not: Bash runs
# an empty file as a script that succeeds.
runkey_answers() {
  case $(RUNKEY_STEP_CONTEXT='{}' "$1" --version 2> /dev/null) in
    'runkey '*) return 0 ;;
  esac
  return 1
}

# Sets $runkey_program: the one for this system in the package, or else the one on the PATH.
runkey_find_program() {
  case $OSTYPE-$HOSTTYPE in # The package has a program for these alone.
    linux*-x86_64*) runkey_system=linux-x64 ;;
    linux*-aarch64*) runkey_system=linux-arm64 ;;
    *) runkey_system=$OSTYPE-$HOSTTYPE ;;
  esac
  runkey_packaged=$runkey_package/$runkey_system/runkey
  if [ -f "$runkey_packaged" ]; then
    runkey_program=$runkey_packaged
    [ -x "$runkey_program" ] || chmod +x "$runkey_program" # Extraction drops the execute bit.
    if runkey_answers "$runkey_program"; then return; fi
  fi
  runkey_program=$(type -P runkey)
  if ! runkey_answers "$runkey_program"; then
    runkey_message="runkey not found: neither '$runkey_system/runkey' in the package"
    runkey_message+=" (${runkey_package:-none}) nor runkey on the PATH answers --version."
    echo "$runkey_message" >&2
    fail_step "$runkey_message"
  fi
  if [ -f "$runkey_packaged" ]; then
    write_warning "The program in the package does not answer --version; using '$runkey_program'."
  fi
}
