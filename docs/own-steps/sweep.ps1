$env:OCTOPUS_URL = $OctopusParameters['Octopus.Web.ServerUri']
$env:OCTOPUS_API_KEY = $OctopusParameters['Automation.ApiKey']
runkey delete --ended
exit $LASTEXITCODE
