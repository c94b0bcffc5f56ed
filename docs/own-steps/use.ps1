$env:RUNKEY_STEP_CONTEXT = @'
{
  "ApiKeyId": "#{Octopus.Action[Create run API key].Output.ApiKeyId | JsonEscape}",
  "ApiKeyRunId": "#{Octopus.Action[Create run API key].Output.ApiKeyRunId | JsonEscape}",
  "ApiKeyOwnerId": "#{Octopus.Action[Create run API key].Output.ApiKeyOwnerId | JsonEscape}",
  "CreateStep": "Create run API key",
  "Octopus.Space.Id": "#{Octopus.Space.Id | JsonEscape}",
  "Octopus.Web.ServerUri": "#{Octopus.Web.ServerUri | JsonEscape}",
  "Octopus.Web.BaseUrl": "#{Octopus.Web.BaseUrl | JsonEscape}"
}
'@
$env:OCTOPUS_API_KEY = $OctopusParameters['Octopus.Action[Create run API key].Output.ApiKey']
runkey use '--' octopus environment list
exit $LASTEXITCODE
