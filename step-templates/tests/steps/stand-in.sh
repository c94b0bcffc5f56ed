#!/usr/bin/env bash
# Stands in for runkey: writes down its environment and its folder, next to itself or in the folder KEEP_IN;
# for `create`, passes a key on; for `use`, says what to set.
keep=${KEEP_IN:-${0%/*}}
case "$*" in
  --version)
    env -0 > "$keep/version.env"
    echo 'runkey 0.0.0'
    exit
    ;;
  'use --generate environment')
    cat << 'END'
set OCTOPUS_URL https://octopus.example
key OCTOPUS_API_KEY
key OCTOPUS_APIKEY
set OCTOPUS_SPACE Spaces-1
set HTTP_PROXY
set WITH_BLANKS a  b c
unset FOREIGN_KEY
unset RUNKEY_STEP_CONTEXT
END
    exit
    ;;
esac
env -0 > "$keep/$1.env"
pwd > "$keep/$1.folder"
[ -n "$SILENT" ] || echo "ran $*"
encode() { printf '%s' "$1" | base64 -w 0; }
output() { echo "##octopus[setVariable name='$(encode "$1")' value='$(encode "$2")'${3-}]"; }
if [ "$1" = create ]; then
  output ApiKeyRunId ServerTasks-123
  output ApiKeyPurpose 'Alice King (alice) [runkey ServerTasks-123]'
  output ApiKeyOwnerId Users-42
  output ApiKey API-RUNKEY " sensitive='$(encode True)'"
  output ApiKeyId apikeys-7
fi
exit "${EXIT_CODE:-0}"
