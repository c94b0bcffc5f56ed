#!/usr/bin/env bash
# Terraform's provider, in the folder that it was initialized in: work.sh FOLDER.
set -euo pipefail
plan=$(terraform -chdir="$1" plan -input=false -no-color -var space_id=Spaces-1)
[[ $plan == *'Test Production'* ]] || { echo "The plan does not name the environments: $plan"; exit 1; }
echo 'ok: it reads the environments with the URL and the key of its environment'
