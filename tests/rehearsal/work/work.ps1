# The work of the middle step: it changes two things in Octopus.
$headers = @{ 'X-Octopus-ApiKey' = $env:OCTOPUS_API_KEY; 'User-Agent' = 'work.ps1' }
$space = "$env:OCTOPUS_URL/api/$env:OCTOPUS_SPACE"
Invoke-RestMethod -Headers $headers -Method Post -Uri "$space/environments" -Body '{"Name": "Blue"}' | Out-Null
Invoke-RestMethod -Headers $headers -Method Put -Uri "$space/projects/Projects-1" -Body '{"Name": "Web Shop", "IsDisabled": true}' | Out-Null
Set-OctopusVariable -Name 'Result' -Value 'Blue is up'
