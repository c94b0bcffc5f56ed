#!/usr/bin/env bash
# Stands in for runkey: writes down its environment, beside itself or in the folder KEEP_IN, and, for
# `create`, hands on a key.
env -0 > "${KEEP_IN:-${0%/*}}/$1.env"
echo "ran $*"
encode() { printf '%s' "$1" | base64 -w 0; }
output() { echo "##octopus[setVariable name='$(encode "$1")' value='$(encode "$2")'${3-}]"; }
if [ "$1" = create ]; then
  output ApiKey API-RUNKEY " sensitive='$(encode True)'"
  output ApiKeyId apikeys-7
  output ApiKeyPurpose "$RUNKEY_RUN_BY [runkey $RUNKEY_RUN_ID]"
  output ApiKeyOwnerId Users-42
fi
exit "${EXIT_CODE:-0}"
