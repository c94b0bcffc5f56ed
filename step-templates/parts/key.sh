runkey_create_step=$(runkey_get CreateStep)

# Prints an output variable of the step that created the key.
runkey_created() {
  [ -z "$runkey_create_step" ] || get_octopusvariable "Octopus.Action[$runkey_create_step].Output.$1"
}
