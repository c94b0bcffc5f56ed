# Gives an output variable of the step that created the key.
function Get-Created($Name) { $OctopusParameters["Octopus.Action[$(Get-Parameter 'CreateStep')].Output.$Name"] }
