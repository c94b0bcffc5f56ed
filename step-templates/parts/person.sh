# Prints who started the run: a person, or a trigger in their place.
run_by() {
  local given name username trigger
  given=$(get RunBy)
  name=$(get_octopusvariable Octopus.Deployment.CreatedBy.DisplayName)
  username=$(get_octopusvariable Octopus.Deployment.CreatedBy.Username)
  trigger=$(get_octopusvariable Octopus.Deployment.Trigger.Name)
  if [ -n "$given" ]; then printf '%s' "$given"
  elif [ -n "$trigger" ]; then printf '%s' "${name:-System} (trigger $trigger)"
  elif [ -n "$username" ]; then printf '%s' "${name:-$username} ($username)"; fi
}
