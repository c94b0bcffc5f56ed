# Revokes this run's API key, also when the step that created it failed half-way.
$step = 'Delete'

. ./parts/program.ps1

. ./parts/person.ps1
. ./parts/key.ps1

$program = Find-Program
$runId = Get-Parameter 'RunId'
if (-not $runId) { $runId = $OctopusParameters['Octopus.Task.Id'] }
$owner = Get-Created 'ApiKeyOwnerId'
if (-not $owner) { $owner = Get-Parameter 'Owner' }
$report = if ((Get-Parameter 'Report') -eq 'True') { 'run-api-key-report.html' }
$env:OCTOPUS_URL = Get-Parameter 'ServerUrl'
$env:OCTOPUS_API_KEY = Get-Parameter 'ApiKey'
$env:OCTOPUS_ACCESS_TOKEN = Get-Parameter 'AccessToken'
$env:RUNKEY_OUTPUT = 'octopus'
$env:RUNKEY_PURPOSE = Get-Created 'ApiKeyPurpose'
$env:RUNKEY_RUN_BY = Get-RunBy
$env:RUNKEY_RUN_ID = $runId
$env:RUNKEY_OWNER = $owner
$env:RUNKEY_KEY_ID = Get-Created 'ApiKeyId'
$env:OCTOPUS_SPACE = $OctopusParameters['Octopus.Space.Id']
$env:RUNKEY_DRY_RUN = Get-Parameter 'DryRun'
$env:RUNKEY_REPORT = $report
$env:RUNKEY_PROOF_KEY = Get-Created 'ApiKey'
& $program delete
exit $LASTEXITCODE
