# Checks this run's API key, then runs a script with it: a plain script step that has the key.

. ./parts/program.ps1

. ./parts/create-step.ps1

$runKeyProgram = Find-RunKeyProgram
$env:RUNKEY_STEP_CONTEXT = @'
. ./parts/use.json
'@
$ApiKey = $OctopusParameters["Octopus.Action[$runKeyCreateStep].Output.ApiKey"]
$env:OCTOPUS_API_KEY = $ApiKey
Invoke-RunKey use
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }

# What the tools that people have find in their environment: runkey says the names, never a secret.
$runKeyEnvironment = Invoke-RunKey use --generate environment
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
foreach ($runKeyLine in $runKeyEnvironment) {
    $runKeyWhat, $runKeyName, $runKeyValue = $runKeyLine -split ' ', 3
    switch ($runKeyWhat) {
        'key' { [Environment]::SetEnvironmentVariable($runKeyName, $ApiKey) }
        'set' { [Environment]::SetEnvironmentVariable($runKeyName, $runKeyValue) }
        'unset' { Remove-Item -LiteralPath "Env:$runKeyName" -Confirm:$false -ErrorAction Ignore }
    }
}

# The script is a file, as in a plain step, and the last that this shell runs: what it prints and its
# exit code are the step's, and the key's variables end with it.
$runKeyScript = $OctopusParameters['RunKey.Use.Script']
[IO.File]::WriteAllText("$PSScriptRoot/Use.ps1", $runKeyScript, [Text.UTF8Encoding]::new($true))
Remove-Variable runKey* -Confirm:$false
Remove-Variable LASTEXITCODE -Scope Global -Confirm:$false
. "$PSScriptRoot/Use.ps1"
