# Checks this run's API key, then runs a script with it: a plain script step that has the key.
$runKeyStep = 'Use'

. ./parts/program.ps1

. ./parts/key.ps1

. ./parts/names.ps1

$runKeyProgram = Find-RunKeyProgram
$ApiKey = Get-RunKeyCreated 'ApiKey'
$env:OCTOPUS_URL = Get-RunKeyParameter 'ServerUrl'
$env:OCTOPUS_API_KEY = $ApiKey
$env:OCTOPUS_ACCESS_TOKEN = ''
$env:RUNKEY_ENV_FILE = if ($env:OS -eq 'Windows_NT') { 'NUL' } else { '/dev/null' }
$env:RUNKEY_OUTPUT = 'octopus'
$env:RUNKEY_PURPOSE = Get-RunKeyCreated 'ApiKeyPurpose'
$env:RUNKEY_OWNER = Get-RunKeyCreated 'ApiKeyOwnerId'
$env:RUNKEY_KEY_ID = Get-RunKeyCreated 'ApiKeyId'
$env:RUNKEY_CREATE_STEP = $runKeyCreateStep
& $runKeyProgram use
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }

$runKeyErrors = $null
$runKeyScript = [Management.Automation.Language.Parser]::ParseInput(
    (Get-RunKeyParameter 'Script'), "$PSScriptRoot/Use.ps1", [ref]$null, [ref]$runKeyErrors)
if ($runKeyErrors) { throw [Management.Automation.ParseException]::new($runKeyErrors) }

foreach ($runKeyName in $runKeyServerNames) { [Environment]::SetEnvironmentVariable($runKeyName, $env:OCTOPUS_URL) }
foreach ($runKeyName in $runKeyKeyNames) { [Environment]::SetEnvironmentVariable($runKeyName, $ApiKey) }
# What is not set some tools look up in a file of the folder that they start in. Empty is safer; below
# .NET 9 it is the same as not set.
foreach ($runKeyName in $runKeyForeignNames) { [Environment]::SetEnvironmentVariable($runKeyName, '') }
Remove-Item Env:RUNKEY_* -Confirm:$false
$env:OCTOPUS_SPACE = $OctopusParameters['Octopus.Space.Id']

# The script is the last that this shell runs: what it prints and its exit code are the step's, and
# the key's variables end with it. An `exit` behind it would drop output that still waits.
$runKeyScript = $runKeyScript.GetScriptBlock()
$global:LASTEXITCODE = $null
. $runKeyScript | Out-Default
