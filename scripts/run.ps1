# Sets Companion up on Windows, as far as it isn't, and starts it: the twin of scripts/run, with the same options,
# stages and notes (scripts/lib/setup.sh explains them). For Windows PowerShell 5.1 and PowerShell 7:
#
#   powershell -ExecutionPolicy Bypass -File scripts\run.ps1 [--setup] [--yes] [--gpu KIND] [--timbre] [--] [COMMAND...]
#
# This file is ASCII, because PowerShell 5.1 reads anything else in the machine's old code page.

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$Root = Split-Path -Parent $PSScriptRoot
$Venv = Join-Path $Root '.venv'
$Notes = Join-Path $Venv 'done'
$Python = Join-Path $Venv 'Scripts\python.exe'
$Companion = Join-Path $Venv 'Scripts\companion.exe'
# Packages without wheels: their source is locked, and they are built here (see scripts/lib/wheels.sh).
$SourcePackages = @('docopt', 'llama-cpp-python')
$AllSourcePackages = $SourcePackages + @('pyworld')

# ---- words for the person -------------------------------------------------------------------------------------------

function Write-Words([string] $Words) { [Console]::Error.WriteLine($Words) }

# One sentence that says what is wrong and what to do.
function Stop-With([string] $Sentence, [int] $Code = 1) {
    Write-Words "companion: $Sentence"
    exit $Code
}

# No terminal means no: nobody would answer.
function Confirm-With([string] $Question) {
    if ($script:Yes) { return $true }
    if ([Console]::IsInputRedirected) { return $false }
    $answer = Read-Host "$Question [y/N]"
    return $answer -match '^(y|yes)$'
}

function Show-Usage {
    @'
Usage: scripts\run.ps1 [OPTIONS] [--] [COMMAND...]

Sets Companion up on this machine, as far as it isn't, and starts it. COMMAND
is what companion is to do; without one it talks with you (companion talk).

  --setup         only set up
  --yes           install what the system lacks without asking
  --gpu KIND      build for cuda, vulkan or none; auto, as at first: what is here.
                  A choice is kept until the next one
  --timbre        build what shifts a voice's pitch and timbre, too; kept as well
  -h, --help      this text

Example: powershell -ExecutionPolicy Bypass -File scripts\run.ps1
'@
}

# ---- what machine this is -------------------------------------------------------------------------------------------

function Get-Digest([byte[]] $Bytes) {
    $sha = [System.Security.Cryptography.SHA256]::Create()
    try { $hash = $sha.ComputeHash($Bytes) } finally { $sha.Dispose() }
    return ([BitConverter]::ToString($hash) -replace '-', '').Substring(0, 16).ToLowerInvariant()
}

function Get-TextDigest([string] $Text) { return Get-Digest ([Text.Encoding]::UTF8.GetBytes($Text)) }

function Get-FilesDigest([string[]] $Names) {
    $texts = foreach ($name in $Names) { [IO.File]::ReadAllText((Join-Path $Root $name)) -replace "`r`n", "`n" }
    return Get-TextDigest ($texts -join '')
}

# Windows lists no instruction sets; name, model and feature bits of the processor stand for them. From the registry,
# because every start asks and WMI takes a good part of a second.
function Get-CpuKey {
    $cpu = Get-ItemProperty 'HKLM:\HARDWARE\DESCRIPTION\System\CentralProcessor\0'
    $words = foreach ($name in 'ProcessorNameString', 'Identifier', 'VendorIdentifier', 'FeatureSet') {
        if ($cpu.PSObject.Properties[$name]) { [string] $cpu.$name }
    }
    return Get-TextDigest ("$env:PROCESSOR_ARCHITECTURE|" + ($words -join '|'))
}

function Find-Nvcc {
    $found = Get-Command nvcc.exe -ErrorAction SilentlyContinue
    if ($found) { return $found.Source }
    if ($env:CUDA_PATH) {
        $nvcc = Join-Path $env:CUDA_PATH 'bin\nvcc.exe'
        if (Test-Path $nvcc) { return $nvcc }
    }
    return $null
}

function Test-Driver { return Test-Path (Join-Path $env:SystemRoot 'System32\nvcuda.dll') }

# Vulkan is used when asked for: what Windows offers as a Vulkan device is often the processor's own graphics.
function Find-Gpu {
    if ((Test-Driver) -and (Find-Nvcc)) { return 'cuda' }
    return 'none'
}

# ---- notes of what is done ------------------------------------------------------------------------------------------

function Get-Note([string] $Name) {
    $file = Join-Path $Notes $Name
    if (Test-Path -LiteralPath $file) { return ([IO.File]::ReadAllText($file)).Trim() }
    return ''
}

# Written beside and moved into place, so that a note is whole or isn't there.
function Set-Note([string] $Name, [string] $Text) {
    $file = Join-Path $Notes $Name
    [IO.File]::WriteAllText("$file.new", "$Text`n")
    Move-Item -LiteralPath "$file.new" -Destination $file -Force
}

function Get-Wishes {
    $locks = Get-FilesDigest @('requirements.lock', 'requirements-test.lock', 'requirements-build.lock')
    $cpu = Get-CpuKey
    $options = Get-TextDigest $BuildOptions
    return [ordered]@{
        venv     = "run $Root"
        packages = "run $locks"
        wheels   = "$With $locks cpu $cpu gpu $Gpu options $options"
        project  = 'run ' + (Get-FilesDigest @('pyproject.toml'))
        weights  = 'run ' + (Get-FilesDigest @('models/catalog.toml'))
    }
}

function Test-AllDone {
    if (-not ((Test-Path -LiteralPath $Python) -and (Test-Path -LiteralPath $Companion))) { return $false }
    foreach ($stage in $Wishes.Keys) { if ((Get-Note $stage) -ne $Wishes[$stage]) { return $false } }
    return $true
}

# Runs a stage unless its note says that it is done for what is wanted now.
function Invoke-Stage([string] $Name, [scriptblock] $Work) {
    if ((Get-Note $Name) -eq $Wishes[$Name]) { return }
    Set-Note $Name 'unfinished'
    & $Work
    Set-Note $Name $Wishes[$Name]
}

# ---- running programs -----------------------------------------------------------------------------------------------

# Runs a program with its output in the log. PowerShell 5.1 takes a program's first word on stderr for an error of its
# own where errors stop the script, so here they don't; the exit code counts.
function Invoke-Step([string] $Title, [string] $Sentence, [string] $Program, [string[]] $Arguments) {
    $ErrorActionPreference = 'Continue'
    $watch = [Diagnostics.Stopwatch]::StartNew()
    Write-Words "  $Title ..."
    & $Program @Arguments 2>&1 | ForEach-Object { "$_" } | Out-File -FilePath $Log -Append -Encoding utf8
    $status = $LASTEXITCODE
    if ($status -ne 0) {
        Get-Content -LiteralPath $Log -Tail 15 | ForEach-Object { Write-Words $_ }
        Stop-With "$Sentence The whole output is in $Log."
    }
    Write-Words ('  {0}: done in {1:0} s' -f $Title, $watch.Elapsed.TotalSeconds)
}

# ---- the system's own tools -----------------------------------------------------------------------------------------

# The path of a CPython 3.11 to 3.13, or nothing. The Microsoft Store's stub answers no question and so is passed over.
function Find-Python {
    $ask = 'import os,struct,sys;' +
        'ok=(3,11)<=sys.version_info[:2]<=(3,13) and sys.implementation.name=="cpython" and struct.calcsize("P")==8;' +
        'print(os.path.realpath(sys._base_executable)) if ok else sys.exit(1)'
    $candidates = @()
    if ($env:COMPANION_PYTHON) {
        $candidates += , @($env:COMPANION_PYTHON)
    } else {
        foreach ($version in '3.13', '3.12', '3.11') { $candidates += , @('py', "-$version") }
        $candidates += , @('python')
    }
    $ErrorActionPreference = 'Continue'
    foreach ($candidate in $candidates) {
        if (-not (Get-Command $candidate[0] -ErrorAction SilentlyContinue)) { continue }
        $before = @($candidate | Select-Object -Skip 1)
        # The question goes through a file: PowerShell 5.1 loses the quotes inside an argument.
        $question = Join-Path $env:TEMP ('companion-ask-{0}.py' -f $PID)
        [IO.File]::WriteAllText($question, $ask)
        $answer = & $candidate[0] @before -I $question 2>$null
        $status = $LASTEXITCODE
        Remove-Item -LiteralPath $question -Force
        if ($status -eq 0 -and $answer) { return ([string] $answer).Trim() }
    }
    return $null
}

function Test-CMake {
    $ErrorActionPreference = 'Continue'
    if (-not (Get-Command cmake -ErrorAction SilentlyContinue)) { return $false }
    $line = (& cmake --version 2>$null | Select-Object -First 1)
    if ("$line" -notmatch '(\d+)\.(\d+)') { return $false }
    return ([version]('{0}.{1}' -f $Matches[1], $Matches[2])) -ge ([version]'3.21')
}

# Visual Studio's installer knows whether the C++ compiler is among what it installed.
function Test-Compiler {
    $ErrorActionPreference = 'Continue'
    $vswhere = Join-Path ${env:ProgramFiles(x86)} 'Microsoft Visual Studio\Installer\vswhere.exe'
    if (-not (Test-Path -LiteralPath $vswhere)) { return $false }
    $place = & $vswhere -latest -products '*' -property installationPath `
        -requires Microsoft.VisualStudio.Component.VC.Tools.x86.x64
    return [bool] $place
}

# What winget installs for each thing that is missing.
function Get-Missing {
    $missing = [ordered]@{}
    if (-not (Find-Python)) { $missing['Python.Python.3.13'] = @() }
    if (-not (Test-CMake)) { $missing['Kitware.CMake'] = @() }
    if (-not (Test-Compiler)) {
        $missing['Microsoft.VisualStudio.2022.BuildTools'] = @('--override',
            '--quiet --wait --norestart --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended')
    }
    return $missing
}

function Get-WingetArguments([string] $Id, [string[]] $More) {
    return @('install', '--exact', '--id', $Id, '--accept-package-agreements', '--accept-source-agreements') + $More
}

# What was installed just now stands in the registry's PATH, not yet in this process's.
function Update-Path {
    $env:Path = [Environment]::GetEnvironmentVariable('Path', 'Machine') + ';' +
        [Environment]::GetEnvironmentVariable('Path', 'User') + ';' + $env:Path
}

function Install-Missing {
    $missing = Get-Missing
    if ($missing.Count -eq 0) { return }
    $names = @($missing.Keys) -join ', '
    $byHand = foreach ($id in $missing.Keys) {
        'winget ' + ((Get-WingetArguments $id $missing[$id] | ForEach-Object { if ($_ -match ' ') { "`"$_`"" } else { $_ } }) -join ' ')
    }
    if (-not (Get-Command winget -ErrorAction SilentlyContinue)) {
        Stop-With "Missing: $names. Install them (python.org, cmake.org, and Visual Studio's Build Tools with C++), then run this again."
    }
    if (-not (Confirm-With "Install $names with winget?")) {
        Stop-With ('Something is missing; this installs it: ' + ($byHand -join '; '))
    }
    foreach ($id in $missing.Keys) {
        Invoke-Step "Installing $id" "winget couldn't install $id." 'winget' (Get-WingetArguments $id $missing[$id])
    }
    Update-Path
    if ((Get-Missing).Count -gt 0) {
        Stop-With 'What was installed is not found yet: open a new terminal and run this again.'
    }
}

# ---- the lock files -------------------------------------------------------------------------------------------------

# A lock file's entries as text, by name.
function Get-LockEntries([string] $Lock) {
    $entries = [ordered]@{}
    $name = ''
    foreach ($line in [IO.File]::ReadAllLines((Join-Path $Root $Lock))) {
        if ($line -match '^([A-Za-z0-9._-]+)==') {
            # A package may stand there twice, with different markers: both belong.
            $name = $Matches[1]
            if (-not $entries.Contains($name)) { $entries[$name] = '' }
        }
        if ($name) { $entries[$name] += "$line`n" }
    }
    return $entries
}

function Get-LockVersion([string] $Entry) {
    if ($Entry -match '==([^ ;\\]+)') { return $Matches[1] }
    Stop-With 'A lock file is damaged: get it again from the repository.'
}

# ---- stages ---------------------------------------------------------------------------------------------------------

function Get-CacheFolder {
    $folder = if ($env:COMPANION_CACHE) { $env:COMPANION_CACHE }
        elseif ($env:LOCALAPPDATA) { Join-Path $env:LOCALAPPDATA 'companion\cache' }
        else { Stop-With "LOCALAPPDATA isn't set: set it, or COMPANION_CACHE to a folder for what is built here." }
    try { [void] (New-Item -ItemType Directory -Force -Path (Join-Path $folder 'wheels')) }
    catch { Stop-With "$folder can't be written to: set COMPANION_CACHE to a folder that can." }
    return (Resolve-Path -LiteralPath $folder).Path
}

# A .venv half written, made for another place, or with its Python gone can't be trusted.
function Remove-BrokenVenv {
    if (-not (Test-Path -LiteralPath $Venv)) { return }
    $unfinished = @('packages', 'wheels', 'project' | Where-Object { (Get-Note $_) -eq 'unfinished' })
    if ((Test-Path -LiteralPath $Python) -and (Get-Note 'venv') -eq $Wishes['venv'] -and $unfinished.Count -eq 0) { return }
    Write-Words '  .venv is unfinished or from another place; it is made anew.'
    Remove-Item -LiteralPath $Venv -Recurse -Force
}

function Install-Packages {
    $entries = Get-LockEntries 'requirements.lock'
    foreach ($name in $SourcePackages) { $entries.Remove($name) }
    $file = Join-Path $Venv 'wheels-only.lock'
    [IO.File]::WriteAllText($file, (@($entries.Values) -join ''))
    Invoke-Step 'Python packages' "The Python packages couldn't be installed: is there a network, and room on the disk?" `
        $Python @('-m', 'pip', 'install', '--no-deps', '--require-hashes', '--only-binary', ':all:', '-r', $file)
}

function Get-LlamaOptions {
    $options = '-DCMAKE_BUILD_TYPE=Release -DGGML_NATIVE=ON -DLLAVA_BUILD=OFF'
    if ($Gpu -eq 'cuda') { $options += ' -DGGML_CUDA=ON' }
    if ($Gpu -eq 'vulkan') { $options += ' -DGGML_VULKAN=ON' }
    if ($BuildOptions) { $options += " $BuildOptions" }
    return $options
}

# All that decides whether a wheel fits this machine.
function Get-WheelKey {
    $about = & $Python -I -c 'import sys, sysconfig; print(sys.version_info[0], sys.version_info[1], sysconfig.get_platform())'
    $options = Get-TextDigest (Get-LlamaOptions)
    $tag = $Gpu
    if ($Gpu -eq 'cuda' -and ((& (Find-Nvcc) --version) -join ' ') -match 'release ([0-9.]+)') { $tag += $Matches[1] }
    return 'py{0}-cpu{1}-{2}-options{3}' -f ("$about".Trim() -replace ' ', '-'), (Get-CpuKey), $tag, $options
}

# The whole wheel in a folder of the cache, or nothing; a damaged one is thrown away.
function Get-KeptWheel([string] $Folder) {
    $wheel = @(Get-ChildItem -Path $Folder -Filter '*.whl' -ErrorAction SilentlyContinue)
    $digest = Join-Path $Folder 'digest'
    if ($wheel.Count -eq 1 -and (Test-Path -LiteralPath $digest)) {
        $now = (Get-FileHash -Algorithm SHA256 -LiteralPath $wheel[0].FullName).Hash
        if ($now -eq ([IO.File]::ReadAllText($digest)).Trim()) { return $wheel[0].FullName }
    }
    if (Test-Path -LiteralPath $Folder) { Remove-Item -LiteralPath $Folder -Recurse -Force }
    return $null
}

# Builds what the cache hasn't, in a folder thrown away at the end. Its name is short, because llama.cpp's paths are long
# and Windows allows 260 letters. CMake chooses Visual Studio's generator, which needs no developer prompt.
function New-Wheels([string] $Key, [string[]] $Names, $Entries) {
    $building = Join-Path $Cache ('b{0}' -f $PID)
    [void] (New-Item -ItemType Directory -Force -Path $building)
    $kept = @{ TMP = $env:TMP; TEMP = $env:TEMP; CMAKE_ARGS = $env:CMAKE_ARGS; PATH = $env:PATH }
    try {
        $tools = Join-Path $building 'e'
        Invoke-Step 'Build environment' "The build environment couldn't be made." $Base @('-m', 'venv', $tools)
        $builder = Join-Path $tools 'Scripts\python.exe'
        Invoke-Step 'Build tools' "The build tools couldn't be installed: is there a network?" $builder @('-m', 'pip',
            'install', '--require-hashes', '--no-deps', '--only-binary', ':all:', '-r', (Join-Path $Root 'requirements-build.lock'))
        $env:TMP = $building
        $env:TEMP = $building
        $env:CMAKE_ARGS = Get-LlamaOptions
        $env:CMAKE_BUILD_PARALLEL_LEVEL = [string] [Environment]::ProcessorCount
        foreach ($name in $Names) {
            $out = Join-Path $building "o-$name"
            $one = Join-Path $building "$name.lock"
            [IO.File]::WriteAllText($one, $Entries[$name])
            if ($name -eq 'llama-cpp-python') {
                $minutes = [Math]::Ceiling(14 / [Environment]::ProcessorCount) + 1
                Write-Words "  llama.cpp is built for this machine, once; that takes about $minutes minutes (more with a GPU)."
            }
            Invoke-Step "Building $name" "$name couldn't be built." $builder @('-m', 'pip', 'wheel', '-v', '--no-deps',
                '--no-build-isolation', '--no-cache-dir', '--require-hashes', '--no-binary', ':all:', '-w', $out, '-r', $one)
            $wheel = @(Get-ChildItem -Path $out -Filter '*.whl')[0].FullName
            [IO.File]::WriteAllText((Join-Path $out 'digest'), (Get-FileHash -Algorithm SHA256 -LiteralPath $wheel).Hash)
            Move-Item -LiteralPath $out -Destination (Join-Path $Cache "wheels\$name-$(Get-LockVersion $Entries[$name])-$Key")
        }
    } finally {
        foreach ($name in $kept.Keys) { [Environment]::SetEnvironmentVariable($name, $kept[$name], 'Process') }
        Remove-Item -LiteralPath $building -Recurse -Force -ErrorAction SilentlyContinue
    }
}

function Install-Wheels {
    # The tests' lock knows all of them, in the same versions.
    $entries = Get-LockEntries 'requirements-test.lock'
    $names = if ($With -eq 'timbre') { $AllSourcePackages } else { $SourcePackages }
    $key = Get-WheelKey
    $folders = @{}
    foreach ($name in $names) {
        $folders[$name] = Join-Path $Cache "wheels\$name-$(Get-LockVersion $entries[$name])-$key"
    }
    $missing = @($names | Where-Object { -not (Get-KeptWheel $folders[$_]) })
    if ($missing.Count -gt 0) { New-Wheels $key $missing $entries }
    $wheels = @($names | ForEach-Object { Get-KeptWheel $folders[$_] })
    Invoke-Step 'Packages built here' "What was built couldn't be installed." $Python (@('-m', 'pip', 'install',
        '--no-deps', '--no-index', '--force-reinstall') + $wheels)
}

function Get-Weights {
    $ErrorActionPreference = 'Continue'
    Write-Words '  Model files:'
    & $Companion weights fetch
    if ($LASTEXITCODE -ne 0) { Stop-With "The model files aren't all there; the same command takes up where it stopped." }
}

# ---- set-up ---------------------------------------------------------------------------------------------------------

# One set-up at a time on this machine. A mutex goes when its process does, however it ends.
function Enter-SetUp {
    $mutex = New-Object System.Threading.Mutex($false, 'Local\companion-set-up')
    try {
        if (-not $mutex.WaitOne(0)) {
            Write-Words '  Another set-up is at work; waiting for it.'
            [void] $mutex.WaitOne()
        }
    } catch [System.Threading.AbandonedMutexException] {
        Write-Words '  An earlier set-up was ended; this one takes it up.'
    }
    return $mutex
}

function Set-AskedNotes([string] $Gpu, [string] $Options) {
    Set-Note 'gpu-asked' $Gpu
    Set-Note 'cmake-args' $Options
}

function Invoke-SetUp {
    Write-Words 'Setting up:'
    foreach ($name in 'PYTHONPATH', 'PYTHONHOME', 'PIP_TARGET', 'PIP_PREFIX', 'PIP_REQUIRE_VIRTUALENV', 'PIP_CONSTRAINT',
        'PIP_NO_BINARY', 'PIP_ONLY_BINARY') {
        [Environment]::SetEnvironmentVariable($name, $null, 'Process')
    }
    $env:PIP_USER = '0'
    $env:PIP_NO_INPUT = '1'
    $env:PIP_DISABLE_PIP_VERSION_CHECK = '1'
    # What is built anyway is built for the GPU that is here now.
    if ($GpuAsked -eq 'auto' -and (Get-Note 'wheels') -ne $Wishes['wheels']) {
        $script:Gpu = Find-Gpu
        $script:Wishes = Get-Wishes
    }
    $script:Cache = Get-CacheFolder
    $script:Log = Join-Path $Cache 'setup.log'
    [IO.File]::WriteAllText($Log, '')
    $builds = (Get-Note 'wheels') -ne $Wishes['wheels']
    if ($builds -and $Gpu -eq 'cuda' -and -not (Find-Nvcc)) {
        Stop-With "CUDA's compiler (nvcc) isn't here: install the CUDA toolkit, or use --gpu none."
    }
    if ($builds -and $Gpu -eq 'vulkan' -and -not $env:VULKAN_SDK) {
        Stop-With "The Vulkan SDK isn't here: install it (winget install KhronosGroup.VulkanSDK), or use --gpu none."
    }
    Install-Missing
    $script:Base = Find-Python
    $mutex = Enter-SetUp
    try {
        $before = Get-Note 'gpu-asked'
        $beforeOptions = Get-Note 'cmake-args'
        Remove-BrokenVenv
        [void] (New-Item -ItemType Directory -Force -Path $Notes)
        # The first wishes are noted before the stages, so that a set-up that breaks off goes on as it was asked for;
        # others once they could be had, so that a GPU build that fails doesn't come back at every start.
        if ($before) { Set-AskedNotes $before $beforeOptions } else { Set-AskedNotes $GpuAsked $BuildOptions }
        Invoke-Stage 'venv' {
            Invoke-Step "Python environment ($Base)" "The environment couldn't be made." $Base @('-m', 'venv', $Venv)
        }
        Invoke-Stage 'packages' { Install-Packages }
        Invoke-Stage 'wheels' { Install-Wheels }
        Set-AskedNotes $GpuAsked $BuildOptions
        Invoke-Stage 'project' {
            Invoke-Step 'Companion' "Companion itself couldn't be installed." $Python @('-m', 'pip', 'install', '--no-deps',
                '--no-index', '--no-build-isolation', '--editable', $Root)
        }
        Invoke-Stage 'weights' { Get-Weights }
        Set-Note 'with' $With
    } finally {
        $mutex.ReleaseMutex()
        $mutex.Dispose()
    }
    Write-Words 'Set up.'
}

# ---- the command line -----------------------------------------------------------------------------------------------

$Yes = $false
$OnlySetUp = $false
$GpuAsked = ''
$With = 'run'
$Cache = ''
$Log = ''
$Base = ''
$words = @($args)
$at = 0
$reading = $true
while ($reading -and $at -lt $words.Count) {
    $word = [string] $words[$at]
    $at++
    if ($word -ceq '--setup') { $OnlySetUp = $true }
    elseif (@('--yes', '-y') -ccontains $word) { $Yes = $true }
    elseif ($word -ceq '--timbre') { $With = 'timbre' }
    elseif ($word -clike '--gpu=*') { $GpuAsked = $word.Substring(6) }
    elseif ($word -ceq '--gpu') {
        if ($at -ge $words.Count) { Stop-With '--gpu wants a kind: cuda, vulkan, none or auto.' 2 }
        $GpuAsked = [string] $words[$at]
        $at++
    }
    elseif (@('-h', '--help') -ccontains $word) { Show-Usage; exit 0 }
    elseif ($word -ceq '--') { $reading = $false }
    else {
        # The first word that isn't an option of this script, and all behind it, is for companion.
        $at--
        $reading = $false
        if ($word -clike '-*' -and $word -cne '--version' -and $word -cnotlike '--home*') {
            Stop-With "scripts\run.ps1 has no option $word (see --help); companion's own options go after its command." 2
        }
    }
}
$rest = @($words | Select-Object -Skip $at)
if ($GpuAsked -and @('auto', 'cuda', 'vulkan', 'none') -notcontains $GpuAsked) {
    Stop-With "--gpu is cuda, vulkan, none or auto, not $GpuAsked." 2
}
# What isn't said is as it was said last, and what "auto" came to stays: a start builds nothing anew because it runs in
# other surroundings than the set-up.
$Built = ''
$BuildOptions = [string] $env:CMAKE_ARGS
if (-not $GpuAsked) {
    $GpuAsked = Get-Note 'gpu-asked'
    # Windows knows no empty environment variable: --gpu without CMAKE_ARGS is how options are taken back.
    if (-not $BuildOptions) { $BuildOptions = Get-Note 'cmake-args' }
    if ((Get-Note 'wheels') -match ' gpu (\S+) ') { $Built = $Matches[1] }
    if ($Built -eq 'cuda' -and -not (Test-Driver)) { $Built = '' }  # the device has gone
}
if (-not $GpuAsked) { $GpuAsked = 'auto' }
if ((Get-Note 'with') -eq 'timbre') { $With = 'timbre' }
$Gpu = if ($GpuAsked -ne 'auto') { $GpuAsked } elseif ($Built) { $Built } else { Find-Gpu }
$Wishes = Get-Wishes

try {
    if (-not (Test-AllDone)) { Invoke-SetUp }
} catch {
    # What nobody foresaw: still one sentence, and what was done so far is taken up by the next run.
    Stop-With "The set-up failed: $($_.Exception.Message) (line $($_.InvocationInfo.ScriptLineNumber)); the same command takes it up again."
}
if ($OnlySetUp) { exit 0 }
if ($rest.Count -eq 0) { $rest = @('talk') }
& $Companion @rest
exit $LASTEXITCODE
