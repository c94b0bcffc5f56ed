# Gives a parameter of this step.
function Get-RunKeyParameter($runKeyName) { $OctopusParameters["RunKey.$runKeyStep.$runKeyName"] }

# Gives the program: the one for this system in the package, or else the one on the PATH.
function Find-RunKeyProgram {
    $runKeyPackage = $OctopusParameters["Octopus.Action.Package[RunKey.$runKeyStep.Package].ExtractedPath"]
    $runKeySystem = 'win-x64/runkey.exe'
    if ($env:OS -ne 'Windows_NT') {
        $runKeySystem = "$(uname -sm)/runkey" # The package has a program for these alone.
        if ($runKeySystem -eq 'Linux x86_64/runkey') { $runKeySystem = 'linux-x64/runkey' }
        if ($runKeySystem -eq 'Linux aarch64/runkey') { $runKeySystem = 'linux-arm64/runkey' }
    }
    $runKeyFile = "$runKeyPackage/$runKeySystem"
    if ($runKeyPackage -and (Test-Path -LiteralPath $runKeyFile)) {
        # Unpacking loses that bit.
        $runKeyRuns = $env:OS -eq 'Windows_NT' -or (Get-Item -LiteralPath $runKeyFile).UnixMode -like '*x*'
        if (-not $runKeyRuns) { chmod +x $runKeyFile }
        return $runKeyFile
    }
    $runKeyFile = @(Get-Command runkey -CommandType Application -ErrorAction Ignore)
    if ($runKeyFile) { return $runKeyFile[0].Path }
    if (-not $runKeyPackage) { $runKeyPackage = 'none given' }
    $runKeyMessage = "runkey was found neither as '$runKeySystem' in the package ($runKeyPackage) nor on the PATH."
    [Console]::Error.WriteLine($runKeyMessage)
    Fail-Step $runKeyMessage
}
