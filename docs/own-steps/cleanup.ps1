$env:RUNKEY_STEP_CONTEXT = @'
{
  "Finished": "True",
  "Octopus.Web.ServerUri": "#{Octopus.Web.ServerUri | JsonEscape}",
  "Octopus.Web.BaseUrl": "#{Octopus.Web.BaseUrl | JsonEscape}"
}
'@
$env:OCTOPUS_API_KEY = $OctopusParameters['Automation.ApiKey']
runkey delete
exit $LASTEXITCODE
