# Creates this run's own API key. Later steps find it in the output variable ApiKey of this step.
$runKeyStep = 'Create'

. ./parts/program.ps1

. ./parts/person.ps1

$runKeyProgram = Find-RunKeyProgram
$env:OCTOPUS_URL = Get-RunKeyParameter 'ServerUrl'
$env:OCTOPUS_API_KEY = Get-RunKeyParameter 'ApiKey'
$env:OCTOPUS_ACCESS_TOKEN = Get-RunKeyParameter 'AccessToken'
$env:RUNKEY_ENV_FILE = if ($env:OS -eq 'Windows_NT') { 'NUL' } else { '/dev/null' }
$env:RUNKEY_OUTPUT = 'octopus'
$env:RUNKEY_PURPOSE = ''
$env:RUNKEY_RUN_BY = Find-RunKeyPerson
$env:RUNKEY_RUN_ID = Find-RunKeyRun
$env:RUNKEY_OWNER = Get-RunKeyParameter 'Owner'
$env:RUNKEY_EXPIRES_IN = Get-RunKeyParameter 'ExpiresIn'
$env:RUNKEY_ACCESS = Get-RunKeyParameter 'Access'
$env:RUNKEY_ACTOR_TYPE = Get-RunKeyParameter 'ActorType'
& $runKeyProgram create
exit $LASTEXITCODE
