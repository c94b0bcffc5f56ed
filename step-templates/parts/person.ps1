# Gives who started the run. A person, or a trigger in their place, or nobody known.
function Find-RunKeyPerson {
    $runKeyGiven = Get-RunKeyParameter 'RunBy'
    if ($runKeyGiven) { return $runKeyGiven }
    $runKeyTrigger = $OctopusParameters['Octopus.Deployment.Trigger.Name']
    $runKeyName = $OctopusParameters['Octopus.Deployment.CreatedBy.DisplayName']
    $runKeyUsername = $OctopusParameters['Octopus.Deployment.CreatedBy.Username']
    if ($runKeyTrigger) {
        if (-not $runKeyName) { $runKeyName = 'System' }
        return "$runKeyName (trigger $runKeyTrigger)"
    }
    if ($runKeyName -and -not $runKeyUsername) { return $runKeyName }
    if (-not $runKeyName) { $runKeyName = $runKeyUsername }
    if ($runKeyUsername) { return "$runKeyName ($runKeyUsername)" }
    Write-Warning 'Octopus names nobody who started this run: its key is named after "Unknown".'
    return 'Unknown'
}

# Gives what tells this run's key from those of other runs.
function Find-RunKeyRun {
    $runKeyGiven = Get-RunKeyParameter 'RunId'
    if ($runKeyGiven) { $runKeyGiven } else { $OctopusParameters['Octopus.Task.Id'] }
}
