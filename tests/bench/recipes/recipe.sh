#!/usr/bin/env bash
# The recipe that people paste today, in Bash with curl and jq: recipe.sh create|delete.
# It is kinder to itself than most: it fails when the server does, and sets an expiry.
set -euo pipefail

octopus() { # METHOD PATH [BODY]
  curl --silent --show-error --fail --cacert "$RUNKEY_CA_FILE" --request "$1" \
    --header "X-Octopus-ApiKey: $OCTOPUS_API_KEY" --header 'Content-Type: application/json' \
    ${3:+--data "$3"} "$OCTOPUS_URL$2"
}
encode() { printf %s "$1" | base64 --wrap=0; }
set_variable() { # NAME VALUE [sensitive]
  local mark=
  [ -z "${3-}" ] || mark=" sensitive='$(encode True)'"
  echo "##octopus[setVariable name='$(encode "$1")' value='$(encode "$2")'$mark]"
}
purpose="$RUNKEY_RUN_BY [runkey $RUNKEY_RUN_ID]"

case $1 in
  create)
    owner=$(octopus GET /api/users/me | jq --raw-output .Id)
    body=$(jq --null-input --arg purpose "$purpose" --arg expires "$(date --utc --date '1 hour' +%FT%TZ)" \
      '{Purpose: $purpose, Expires: $expires}')
    made=$(octopus POST "/api/users/$owner/apikeys" "$body")
    set_variable ApiKey "$(jq --raw-output .ApiKey <<<"$made")" sensitive
    set_variable ApiKeyId "$(jq --raw-output .Id <<<"$made")"
    ;;
  delete)
    owner=$(octopus GET /api/users/me | jq --raw-output .Id)
    # The first page only, as pasted.
    octopus GET "/api/users/$owner/apikeys" |
      jq --raw-output --arg purpose "$purpose" '.Items[] | select(.Purpose == $purpose) | .Id' |
      while read -r id; do octopus DELETE "/api/users/$owner/apikeys/$id" >/dev/null && echo "Deleted $id."; done
    ;;
esac
