# Revokes this run's API key, also when the step that created it failed half-way.
$runKeyStep = 'Delete'

. ./parts/program.ps1

. ./parts/person.ps1

. ./parts/key.ps1

. ./parts/switch.ps1

$runKeyProgram = Find-RunKeyProgram
$runKeyPurpose = Get-RunKeyCreated 'ApiKeyPurpose'
$runKeyOwner = Get-RunKeyCreated 'ApiKeyOwnerId'
if (-not $runKeyOwner) { $runKeyOwner = Get-RunKeyParameter 'Owner' }
$env:OCTOPUS_URL = Get-RunKeyParameter 'ServerUrl'
$env:OCTOPUS_API_KEY = Get-RunKeyParameter 'ApiKey'
$env:OCTOPUS_ACCESS_TOKEN = Get-RunKeyParameter 'AccessToken'
$env:OCTOPUS_SPACE = $OctopusParameters['Octopus.Space.Id']
$env:RUNKEY_ENV_FILE = if ($env:OS -eq 'Windows_NT') { 'NUL' } else { '/dev/null' }
$env:RUNKEY_OUTPUT = 'octopus'
$env:RUNKEY_PURPOSE = $runKeyPurpose
$env:RUNKEY_RUN_BY = if (-not $runKeyPurpose) { Find-RunKeyPerson }
$env:RUNKEY_RUN_ID = if (-not $runKeyPurpose) { Find-RunKeyRun }
$env:RUNKEY_OWNER = $runKeyOwner
$env:RUNKEY_KEY_ID = Get-RunKeyCreated 'ApiKeyId'
$env:RUNKEY_DRY_RUN = Get-RunKeyParameter 'DryRun'
$env:RUNKEY_ENDED = Get-RunKeyParameter 'Ended'
$env:RUNKEY_REPORT = if (Test-RunKeySwitch 'Report') { 'run-api-key-report.html' }
$env:RUNKEY_PROOF_KEY = if (Test-RunKeySwitch 'Proof') { Get-RunKeyCreated 'ApiKey' }
& $runKeyProgram delete
exit $LASTEXITCODE
