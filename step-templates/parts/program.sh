# Prints a parameter of this step.
runkey_get() { get_octopusvariable "RunKey.$runkey_step.$1"; }

# Sets $runkey_program: the one for this system in the package, or else the one on the PATH.
runkey_find_program() {
  runkey_package=$(get_octopusvariable "Octopus.Action.Package[RunKey.$runkey_step.Package].ExtractedPath")
  runkey_system=$(uname -sm)
  case $runkey_system in # The package has a program for these alone.
    'Linux x86_64') runkey_system=linux-x64 ;;
    'Linux aarch64') runkey_system=linux-arm64 ;;
  esac
  runkey_program=$runkey_package/$runkey_system/runkey
  if [ -n "$runkey_package" ] && [ -f "$runkey_program" ]; then
    [ -x "$runkey_program" ] || chmod +x "$runkey_program" # Unpacking loses that bit.
  elif ! runkey_program=$(type -P runkey); then
    runkey_message="runkey was found neither as '$runkey_system/runkey' in the package"
    runkey_message+=" (${runkey_package:-none given}) nor on the PATH."
    echo "$runkey_message" >&2
    fail_step "$runkey_message"
  fi
}
