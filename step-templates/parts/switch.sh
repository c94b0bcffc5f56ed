# Tells whether a switch about the report is on. One that cannot be read must not keep the key alive.
runkey_is_on() {
  runkey_switch=$(runkey_get "$1")
  case ${runkey_switch//[[:space:]]/} in
    [Tt][Rr][Uu][Ee] | 1 | [Yy][Ee][Ss] | [Oo][Nn]) return 0 ;;
    [Ff][Aa][Ll][Ss][Ee] | 0 | [Nn][Oo] | [Oo][Ff][Ff] | '') return 1 ;;
  esac
  write_warning "The parameter RunKey.$runkey_step.$1 is neither True nor False; it is taken for False."
  return 1
}
