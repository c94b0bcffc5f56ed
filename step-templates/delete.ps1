# Revokes this run's API key, also when the step that created it failed half-way.

. ./parts/program.ps1

. ./parts/create-step.ps1

$runKeyProgram = Find-RunKeyProgram
$env:RUNKEY_STEP_CONTEXT = @'
. ./parts/delete.json
'@
Set-Location -LiteralPath $PSScriptRoot # The report is written here: in the step's own folder.
$env:OCTOPUS_ID_TOKEN = $OctopusParameters['RunKey.Delete.Identity.OpenIdConnect.Jwt']
$env:OCTOPUS_API_KEY = $OctopusParameters['RunKey.Delete.ApiKey']
$env:RUNKEY_KEY = $OctopusParameters["Octopus.Action[$runKeyCreateStep].Output.ApiKey"]
Invoke-RunKey delete
exit $LASTEXITCODE
