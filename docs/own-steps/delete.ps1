function Get-Created($Name) { $OctopusParameters["Octopus.Action[Create run API key].Output.$Name"] }
$displayName = $OctopusParameters['Octopus.Deployment.CreatedBy.DisplayName']
$username = $OctopusParameters['Octopus.Deployment.CreatedBy.Username']
$env:OCTOPUS_URL = $OctopusParameters['Octopus.Web.ServerUri']
$env:OCTOPUS_SPACE = $OctopusParameters['Octopus.Space.Id']
$env:OCTOPUS_API_KEY = $OctopusParameters['Automation.ApiKey']
$env:RUNKEY_PURPOSE = Get-Created 'ApiKeyPurpose'
$env:RUNKEY_OWNER = Get-Created 'ApiKeyOwnerId'
$env:RUNKEY_RUN_BY = "$displayName ($username)"
$env:RUNKEY_RUN_ID = $OctopusParameters['Octopus.Task.Id']
runkey delete --ended --report what-the-run-did.html
exit $LASTEXITCODE
