function Get-Created($Name) { $OctopusParameters["Octopus.Action[Create run API key].Output.$Name"] }
$env:OCTOPUS_URL = $OctopusParameters['Octopus.Web.ServerUri']
$env:OCTOPUS_SPACE = $OctopusParameters['Octopus.Space.Id']
$env:OCTOPUS_API_KEY = Get-Created 'ApiKey'
$env:RUNKEY_KEY_ID = Get-Created 'ApiKeyId'
$env:RUNKEY_OWNER = Get-Created 'ApiKeyOwnerId'
$env:RUNKEY_PURPOSE = Get-Created 'ApiKeyPurpose'
$env:RUNKEY_CREATE_STEP = 'Create run API key'
runkey use '--' octopus environment list
exit $LASTEXITCODE
