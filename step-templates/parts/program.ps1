# Gives a parameter of this step.
function Get-Parameter($Name) { $OctopusParameters["RunKey.$step.$Name"] }

# Gives the program: the one for this system in the package, or else the one on the PATH.
function Find-Program {
    $package = $OctopusParameters["Octopus.Action.Package[RunKey.$step.Package].ExtractedPath"]
    $system = 'linux-x64/runkey'
    if ($env:OS -eq 'Windows_NT') { $system = 'win-x64/runkey.exe' }
    elseif ((uname -m) -eq 'aarch64') { $system = 'linux-arm64/runkey' }
    if ($package -and (Test-Path -LiteralPath "$package/$system")) {
        # A zip file may lose that bit.
        if ($env:OS -ne 'Windows_NT') { chmod +x "$package/$system" }
        return "$package/$system"
    }
    $installed = @(Get-Command runkey -CommandType Application -ErrorAction SilentlyContinue)
    if ($installed) { return $installed[0].Path }
    if (-not $package) { $package = 'none given' }
    $message = "runkey was found neither as '$system' in the package ($package) nor on the PATH."
    [Console]::Error.WriteLine($message)
    Fail-Step $message
}
