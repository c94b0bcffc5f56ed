$runKeyCreateStep = Get-RunKeyParameter 'CreateStep'

# Gives an output variable of the step that created the key.
function Get-RunKeyCreated($runKeyName) { $OctopusParameters["Octopus.Action[$runKeyCreateStep].Output.$runKeyName"] }
