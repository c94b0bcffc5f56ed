# What a PowerShell script step finds in its own shell: the variables and the functions of Octopus.

$ErrorActionPreference = 'Stop'
$PSNativeCommandArgumentPassing = 'Legacy'
$OctopusParameters = New-Object 'System.Collections.Generic.Dictionary[String,String]' ([StringComparer]::OrdinalIgnoreCase)
foreach ($line in [Console]::In.ReadToEnd().Split("`n", [StringSplitOptions]::RemoveEmptyEntries)) {
    $name, $value = $line.Split(' ') | ForEach-Object { [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($_)) }
    $OctopusParameters[$name] = $value
}

function ConvertTo-OctopusValue([string]$Text) {
    [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Text))
}

function Write-OctopusLine([string]$Level, [string]$Message) {
    Write-Host "##octopus[stdout-$Level]"
    Write-Host $Message
    Write-Host '##octopus[stdout-default]'
}

function Set-OctopusVariable([string]$Name, [string]$Value, [switch]$Sensitive) {
    $flag = if ($Sensitive) { " sensitive='$(ConvertTo-OctopusValue 'True')'" } else { '' }
    Write-Host "##octopus[setVariable name='$(ConvertTo-OctopusValue $Name)' value='$(ConvertTo-OctopusValue $Value)'$flag]"
}

function Write-Verbose([string]$Message) { Write-OctopusLine 'verbose' $Message }
function Write-Highlight([string]$Message) { Write-OctopusLine 'highlight' $Message }
function Write-Wait([string]$Message) { Write-OctopusLine 'wait' $Message }
function Write-Warning([string]$Message) { Write-OctopusLine 'warning' $Message }

function Update-Progress([string]$Percentage, [string]$Message) {
    Write-Host "##octopus[progress percentage='$(ConvertTo-OctopusValue $Percentage)' message='$(ConvertTo-OctopusValue $Message)']"
}

function New-OctopusArtifact([Alias('fullname', 'path')][string]$FullPath, [string]$Name) {
    $file = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($FullPath)
    if (-not $Name) { $Name = [IO.Path]::GetFileName($file) }
    $length = if ([IO.File]::Exists($file)) { ([IO.FileInfo]$file).Length } else { 0 }
    Write-Verbose "Artifact $Name will be collected from $file after this step completes"
    Write-Host "##octopus[createArtifact path='$(ConvertTo-OctopusValue $file)' name='$(ConvertTo-OctopusValue $Name)' length='$(ConvertTo-OctopusValue $length)']"
}

function Fail-Step([string]$Message) {
    if ($Message) { Write-Host "##octopus[resultMessage message='$(ConvertTo-OctopusValue $Message)']" }
    exit -1
}

try {
    . "$PSScriptRoot/Script.ps1"
}
catch {
    [Console]::Error.WriteLine("$($_.CategoryInfo.Category): $($_.Exception.Message)")
    [Console]::Error.WriteLine($_.InvocationInfo.PositionMessage)
    [Console]::Error.WriteLine($_.ScriptStackTrace)
    exit 1
}
# What the last program said is the step's exit code, also where the script went on after it.
if (Test-Path variable:global:lastexitcode) { exit $LASTEXITCODE }
