$displayName = $OctopusParameters['Octopus.Deployment.CreatedBy.DisplayName']
$username = $OctopusParameters['Octopus.Deployment.CreatedBy.Username']
$env:OCTOPUS_URL = $OctopusParameters['Octopus.Web.ServerUri']
$env:OCTOPUS_SPACE = $OctopusParameters['Octopus.Space.Id']
$env:OCTOPUS_API_KEY = $OctopusParameters['Automation.ApiKey']
$env:RUNKEY_RUN_BY = "$displayName ($username)"
$env:RUNKEY_RUN_ID = $OctopusParameters['Octopus.Task.Id']
$env:RUNKEY_OUTPUT = 'octopus'
runkey create '--' octopus environment list
exit $LASTEXITCODE
