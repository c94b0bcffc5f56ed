# Creates this run's own API key. Later steps find it in the output variable ApiKey of this step.
$step = 'Create'

. ./parts/program.ps1

. ./parts/person.ps1

$program = Find-Program
$runId = Get-Parameter 'RunId'
if (-not $runId) { $runId = $OctopusParameters['Octopus.Task.Id'] }
$env:OCTOPUS_URL = Get-Parameter 'ServerUrl'
$env:OCTOPUS_API_KEY = Get-Parameter 'ApiKey'
$env:OCTOPUS_ACCESS_TOKEN = Get-Parameter 'AccessToken'
$env:RUNKEY_OUTPUT = 'octopus'
$env:RUNKEY_PURPOSE = ''
$env:RUNKEY_RUN_BY = Get-RunBy
$env:RUNKEY_RUN_ID = $runId
$env:RUNKEY_OWNER = Get-Parameter 'Owner'
$env:RUNKEY_EXPIRES_IN = Get-Parameter 'ExpiresIn'
$env:RUNKEY_ACCESS = Get-Parameter 'Access'
& $program create
exit $LASTEXITCODE
