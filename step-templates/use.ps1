# Checks this run's API key and runs a script with it, in this step's own shell.
$step = 'Use'

. ./parts/program.ps1

. ./parts/key.ps1

$program = Find-Program
$env:OCTOPUS_URL = Get-Parameter 'ServerUrl'
$env:OCTOPUS_API_KEY = Get-Created 'ApiKey'
$env:OCTOPUS_ACCESS_TOKEN = ''
$env:RUNKEY_OUTPUT = 'octopus'
$env:RUNKEY_PURPOSE = Get-Created 'ApiKeyPurpose'
$env:RUNKEY_OWNER = Get-Created 'ApiKeyOwnerId'
$env:RUNKEY_KEY_ID = Get-Created 'ApiKeyId'
$env:RUNKEY_CREATE_STEP = Get-Parameter 'CreateStep'
try {
    & $program use
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }

    Remove-Item Env:RUNKEY_*
    $env:OCTOPUS_SPACE = $OctopusParameters['Octopus.Space.Id']
    $ApiKey = $env:OCTOPUS_API_KEY
    & ([ScriptBlock]::Create((Get-Parameter 'Script')))
} finally {
    # However the script ends, the key leaves the environment.
    Remove-Item Env:OCTOPUS_API_KEY -ErrorAction SilentlyContinue
    $ApiKey = $null
}
exit $LASTEXITCODE
