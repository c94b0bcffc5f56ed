# What a PowerShell script step finds in its own shell: the variables and the functions of Octopus.

$ErrorActionPreference = 'Stop'
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

function New-OctopusArtifact([string]$Path, [string]$Name) {
    $file = Get-Item -LiteralPath $Path
    if (-not $Name) { $Name = $file.Name }
    Write-Host "##octopus[createArtifact path='$(ConvertTo-OctopusValue $file.FullName)' name='$(ConvertTo-OctopusValue $Name)' length='$(ConvertTo-OctopusValue $file.Length)']"
}

function Fail-Step([string]$Message) {
    if ($Message) { Write-Host "##octopus[resultMessage message='$(ConvertTo-OctopusValue $Message)']" }
    exit 1
}

. ./script.ps1
if ($LASTEXITCODE) { exit $LASTEXITCODE }
