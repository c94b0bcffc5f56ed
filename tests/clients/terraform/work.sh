#!/usr/bin/env bash
# Terraform's provider, in the folder that it was initialized in: work.sh FOLDER.
set -euo pipefail
in_folder() {
  terraform -chdir="$folder" "$@" -input=false -no-color -var space_id=Spaces-1
}

folder=$1
said=$(in_folder apply -auto-approve)
[[ $said == *'Test Production'* ]] || { echo "The output does not name the environments: $said"; exit 1; }
echo 'ok: it reads the environments with the URL and the key of its environment'
[[ $said == *'1 added'* ]] || { echo "No environment was created: $said"; exit 1; }
said=$(in_folder plan)
[[ $said == *'No changes.'* ]] || { echo "What it stored is not what it reads: $said"; exit 1; }
said=$(in_folder destroy -auto-approve)
[[ $said == *'1 destroyed'* ]] || { echo "The environment was not deleted: $said"; exit 1; }
echo 'ok: it creates an environment, finds it as it created it, and deletes it'
