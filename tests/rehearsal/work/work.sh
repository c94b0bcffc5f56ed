# shellcheck shell=bash
set -e
# The work of the middle step: it changes two things in Octopus. On a worker with curl, api() is
# one line; here Bash speaks HTTP itself, so that the rehearsal needs nothing else.
api() { # METHOD PATH JSON
  local address=${OCTOPUS_URL#http://} status
  exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
  printf '%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nUser-Agent: work.sh\r\nX-Octopus-ApiKey: %s\r\nContent-Length: %d\r\n\r\n%s' \
    "$1" "$2" "$address" "$OCTOPUS_API_KEY" "${#3}" "$3" >&3
  read -r _ status _ <&3
  exec 3<&-
  echo "$1 $2: $status"
  [[ $status == 2* ]]
}

api POST "/api/$OCTOPUS_SPACE/environments" '{"Name": "Blue"}'
api PUT "/api/$OCTOPUS_SPACE/projects/Projects-1" '{"Name": "Web Shop", "IsDisabled": true}'
set_octopusvariable Result "Blue is up"
