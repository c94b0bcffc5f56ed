# Tells whether a program answers. One that is empty, damaged or for another system does not.
function Test-RunKeyProgram($runKeyFile) {
    $ErrorActionPreference = 'Continue'
    $PSNativeCommandUseErrorActionPreference = $false
    $env:RUNKEY_STEP_CONTEXT = '{}'
    try { "$(& $runKeyFile --version 2> $null)".StartsWith('runkey ') } catch { $false }
}

# Returns the program: the one for this system in the package, or else the one on the PATH.
function Find-RunKeyProgram {
    $runKeyPackage = $OctopusParameters['Octopus.Action.Package[RunKey.Step.Package].ExtractedPath']
    $runKeySystem = 'win-x64/runkey.exe'
    if ($env:OS -ne 'Windows_NT') { # The package has a program for these alone.
        $runKeyInfo = [Runtime.InteropServices.RuntimeInformation]
        $runKeyIsLinux = $runKeyInfo::IsOSPlatform([Runtime.InteropServices.OSPlatform]::Linux)
        $runKeySystem = 'macos/runkey'
        if ($runKeyIsLinux) { $runKeySystem = "linux-$($runKeyInfo::ProcessArchitecture)/runkey".ToLowerInvariant() }
    }
    $runKeyPackaged = "$runKeyPackage/$runKeySystem"
    $runKeyIsPackaged = $runKeyPackage -and (Test-Path -LiteralPath $runKeyPackaged -PathType Leaf)
    if ($runKeyIsPackaged) {
        # Extraction drops the execute bit.
        $runKeyRuns = $env:OS -eq 'Windows_NT' -or (Get-Item -LiteralPath $runKeyPackaged).UnixMode -like '*x*'
        if (-not $runKeyRuns) { chmod +x $runKeyPackaged }
        if (Test-RunKeyProgram $runKeyPackaged) { return $runKeyPackaged }
    }
    $runKeyOnPath = @(Get-Command runkey -CommandType Application -ErrorAction Ignore)
    if (-not $runKeyOnPath -or -not (Test-RunKeyProgram $runKeyOnPath[0].Path)) {
        if (-not $runKeyPackage) { $runKeyPackage = 'none' }
        $runKeyMessage = "runkey not found: neither '$runKeySystem' in the package ($runKeyPackage)" +
            ' nor runkey on the PATH answers --version.'
        [Console]::Error.WriteLine($runKeyMessage)
        Fail-Step $runKeyMessage
    }
    $runKeyFile = $runKeyOnPath[0].Path
    if ($runKeyIsPackaged) {
        Write-Warning "The program in the package does not answer --version; using '$runKeyFile'."
    }
    return $runKeyFile
}

# Runs it, whatever a profile says about exit codes of programs. The caller checks $LASTEXITCODE.
function Invoke-RunKey {
    $PSNativeCommandUseErrorActionPreference = $false
    & $runKeyProgram $args
}
