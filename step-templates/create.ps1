# Creates this run's own API key. Later steps find it in the output variable ApiKey of this step.

. ./parts/program.ps1

$runKeyProgram = Find-RunKeyProgram
$env:RUNKEY_STEP_CONTEXT = @'
. ./parts/create.json
'@
$env:OCTOPUS_ID_TOKEN = $OctopusParameters['RunKey.Create.Identity.OpenIdConnect.Jwt']
$env:OCTOPUS_API_KEY = $OctopusParameters['RunKey.Create.ApiKey']
Invoke-RunKey create
exit $LASTEXITCODE
