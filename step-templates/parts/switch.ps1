# Tells whether a switch about the report is on. One that cannot be read must not keep the key alive.
function Test-RunKeySwitch($runKeyName) {
    $runKeyGiven = "$(Get-RunKeyParameter $runKeyName)".Trim()
    if ($runKeyGiven -in 'True', '1', 'yes', 'on') { return $true }
    if ($runKeyGiven -notin 'False', '0', 'no', 'off', '') {
        Write-Warning "The parameter RunKey.$runKeyStep.$runKeyName is neither True nor False; it is taken for False."
    }
    return $false
}
