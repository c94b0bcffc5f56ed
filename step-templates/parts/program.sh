# Prints a parameter of this step.
get() { get_octopusvariable "RunKey.$step.$1"; }

# Sets $program: the one for this system in the package, or else the one on the PATH.
find_program() {
  local package system message
  package=$(get_octopusvariable "Octopus.Action.Package[RunKey.$step.Package].ExtractedPath")
  case $(uname -sm) in
    'Linux x86_64') system=linux-x64 ;;
    'Linux aarch64') system=linux-arm64 ;;
    *) system=$(uname -sm) ;;
  esac
  program=$package/$system/runkey
  if [ -n "$package" ] && [ -f "$program" ]; then
    [ -x "$program" ] || chmod +x "$program" # A zip file may lose that bit.
  elif ! program=$(command -v runkey); then
    message="runkey was found neither as '$system/runkey' in the package (${package:-none given}) nor on the PATH."
    echo "$message" >&2
    fail_step "$message"
  fi
}
