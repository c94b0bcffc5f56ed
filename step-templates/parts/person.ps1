# Gives who started the run: a person, or a trigger in their place.
function Get-RunBy {
    $given = Get-Parameter 'RunBy'
    $name = $OctopusParameters['Octopus.Deployment.CreatedBy.DisplayName']
    $username = $OctopusParameters['Octopus.Deployment.CreatedBy.Username']
    $trigger = $OctopusParameters['Octopus.Deployment.Trigger.Name']
    if ($given) { return $given }
    if ($trigger) { if (-not $name) { $name = 'System' }; return "$name (trigger $trigger)" }
    if ($username) { if (-not $name) { $name = $username }; return "$name ($username)" }
}
