# Sets $runkey_run_by: who started the run. A person, or a trigger in their place, or nobody known.
runkey_find_person() {
  runkey_run_by=$(runkey_get RunBy)
  [ -z "$runkey_run_by" ] || return 0
  runkey_trigger=$(get_octopusvariable Octopus.Deployment.Trigger.Name)
  runkey_name=$(get_octopusvariable Octopus.Deployment.CreatedBy.DisplayName)
  if [ -n "$runkey_trigger" ]; then
    runkey_run_by="${runkey_name:-System} (trigger $runkey_trigger)"
    return
  fi
  runkey_username=$(get_octopusvariable Octopus.Deployment.CreatedBy.Username)
  runkey_run_by=${runkey_name:-${runkey_username:-Unknown}}${runkey_username:+ ($runkey_username)}
  [ -n "$runkey_name$runkey_username" ] ||
    write_warning 'Octopus names nobody who started this run: its key is named after "Unknown".'
}

# Sets $runkey_run_id: what tells this run's key from those of other runs.
runkey_find_run() {
  runkey_run_id=$(runkey_get RunId)
  runkey_run_id=${runkey_run_id:-$(get_octopusvariable Octopus.Task.Id)}
}
