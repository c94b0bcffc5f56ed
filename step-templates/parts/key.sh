# Prints an output variable of the step that created the key.
created() { get_octopusvariable "Octopus.Action[$(get CreateStep)].Output.$1"; }
