# shellcheck shell=bash
# The system's own libraries and tools: which are missing, and how to get them.

# What is needed, as Debian and Ubuntu name it, and the library by which it is recognised.
LIBRARIES="libportaudio.so.2=libportaudio2
libEGL.so.1=libegl1
libGL.so.1=libgl1
libxkbcommon-x11.so.0=libxkbcommon-x11-0
libxcb-cursor.so.0=libxcb-cursor0
libxcb-icccm.so.4=libxcb-icccm4
libxcb-keysyms.so.1=libxcb-keysyms1
libxcb-shape.so.0=libxcb-shape0
libdbus-1.so.3=libdbus-1-3"

# Programs that only the tests need, as COMMAND=PACKAGE.
TEST_PROGRAMS="pulseaudio=pulseaudio
paplay=pulseaudio-utils
espeak-ng=espeak-ng
Xvfb=xvfb
xauth=xauth"

known_libraries() { PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null; }

missing_libraries() {
    local known entry
    known=$(known_libraries)
    for entry in $LIBRARIES; do
        case $known in *"${entry%%=*} "*) ;; *) printf '%s\n' "${entry#*=}" ;; esac
    done
}

missing_programs() {
    local entry
    for entry in $1; do command -v "${entry%%=*}" >/dev/null 2>&1 || printf '%s\n' "${entry#*=}"; done
}

# Where PulseAudio or PipeWire has the sound card, PortAudio reaches it through ALSA's plugin for it.
sound_server_runs() {
    [ -n "${PULSE_SERVER:-}" ] || [ -e "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/pulse/native" ] ||
        [ -e "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/pipewire-0" ]
}

has_pulse_plugin() {
    local place
    for place in /usr/lib/*/alsa-lib /usr/lib64/alsa-lib /usr/lib/alsa-lib; do
        [ -e "$place/libasound_module_pcm_pulse.so" ] && return 0
    done
    return 1
}

# llama.cpp needs CMake 3.21.
has_cmake() {
    local line version
    line=$(cmake --version 2>/dev/null) || return 1
    version=${line#cmake version }
    version=${version%%[!0-9.]*}
    at_least "$version" 3 21
}

# at_least VERSION MAJOR MINOR
at_least() {
    local major=${1%%.*} rest=${1#*.}
    [ "$major" -gt "$2" ] || { [ "$major" -eq "$2" ] && [ "${rest%%.*}" -ge "$3" ]; }
}

# Compiles a program, since a compiler without its libraries is no compiler.
has_compiler() {
    local folder works=1
    folder=$(mktemp -d) || return 1
    printf '#include <vector>\nint main() { return std::vector<int>().size(); }\n' >"$folder/a.cpp"
    printf '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n' >"$folder/b.c"
    "${CXX:-c++}" -o "$folder/a" "$folder/a.cpp" >/dev/null 2>&1 &&
        "${CC:-cc}" -o "$folder/b" "$folder/b.c" >/dev/null 2>&1 && works=0
    rm -rf "$folder"
    return "$works"
}

# The Python to install: one that apt knows, the newest first; with none known yet, the distribution's own.
apt_python() {
    local version
    for version in 3.13 3.12 3.11; do
        if [ -n "$(apt-cache show "python$version-venv" 2>/dev/null)" ]; then
            printf 'python%s python%s-venv python%s-dev\n' "$version" "$version" "$version"
            return 0
        fi
    done
    printf 'python3 python3-venv python3-dev\n'
}

missing_python() {
    find_python && return 0
    if [ -z "$PYTHON" ]; then
        apt_python
        return 0
    fi
    case $PYTHON_LACKS in *venv*) printf 'python%s-venv\n' "$PYTHON_VERSION" ;; esac
    case $PYTHON_LACKS in *headers*) printf 'python%s-dev\n' "$PYTHON_VERSION" ;; esac
}

# The packages that this Linux lacks, one a line, as Debian and Ubuntu name them. $1: run or test; $2: the GPU kind.
missing_on_linux() {
    missing_python
    missing_libraries
    has_cmake || printf 'cmake\n'
    has_compiler || printf 'g++\n'
    if [ "$1" = test ] || sound_server_runs; then has_pulse_plugin || printf 'libasound2-plugins\n'; fi
    if [ "$1" = test ]; then missing_programs "$TEST_PROGRAMS"; fi
    if [ "$2" = vulkan ]; then
        command -v glslc >/dev/null 2>&1 || printf 'glslc\n'
        [ -e /usr/include/vulkan/vulkan.h ] || printf 'libvulkan-dev\n'
        [ -e /usr/share/cmake/SPIRV-Headers ] || [ -e /usr/lib/cmake/SPIRV-Headers ] || printf 'spirv-headers\n'
    fi
}

# PortAudio and Qt's libraries come inside the Python packages there.
missing_on_macos() {
    find_python || printf 'python@3.13\n'
    has_cmake || printf 'cmake\n'
    if [ "$1" = test ]; then
        missing_programs "espeak-ng=espeak-ng
pulseaudio=pulseaudio"
    fi
}

# Homebrew refuses to run as root.
install_command() {
    case $1 in
        brew) printf 'brew install' ;;
        *) printf '%sapt-get install -y --no-install-recommends' "$2" ;;
    esac
}

# Makes sure of every library and tool, installing what is missing when it may. $1: run or test; $2: the GPU kind.
ready_system() {
    local missing
    if [ "$SYSTEM" = Darwin ]; then
        has_compiler || fail "There is no C++ compiler: run 'xcode-select --install', then this again."
        missing=$(missing_on_macos "$1" | sort -u | tr '\n' ' ')
        if [ -n "$missing" ]; then install_with_brew "$missing"; fi
    else
        missing=$(missing_on_linux "$1" "$2" | tr ' ' '\n' | sort -u | tr '\n' ' ')
        if [ -n "$missing" ]; then install_with_apt "$1" "$2" "$missing"; fi
    fi
    find_python || fail "There is no Python 3.11, 3.12 or 3.13 with venv and headers here: install one (python.org has" \
        "them for every system) and set COMPANION_PYTHON to its path if it isn't found."
}

install_with_brew() {
    command -v brew >/dev/null 2>&1 ||
        fail "Missing: $1- install them, or Homebrew (brew.sh) and then: brew install ${1% }"
    if ! { [ "$YES" = yes ] || ask "Install ${1% } with Homebrew?"; }; then
        fail "Something is missing; this installs it: brew install ${1% }"
    fi
    # shellcheck disable=SC2086  # a list of words
    step "Installing with Homebrew" - brew install $1 || fail_with_log "Homebrew couldn't install ${1% }."
}

# $1: run or test; $2: the GPU kind; $3: the packages missing.
install_with_apt() {
    local sudo="" packages
    command -v apt-get >/dev/null 2>&1 ||
        fail "Missing (by their Debian names): ${3% }. Install them with this system's package manager, then run this again."
    if [ "$(id -u)" != 0 ]; then
        sudo="sudo "
        may_use_sudo "${3% }" || fail "Something is missing; this installs it: ${sudo}apt-get update &&" \
            "$(install_command apt "$sudo") ${3% }"
    fi
    # A fresh system has no lists, so that which Python there is to install is only known now.
    # shellcheck disable=SC2086  # sudo may be empty
    step "Reading the package lists" - ${sudo}apt-get update -q || fail_with_log "The package lists couldn't be read."
    packages=$(missing_on_linux "$1" "$2" | tr ' ' '\n' | sort -u | tr '\n' ' ')
    say "  Missing: ${packages% }"
    # shellcheck disable=SC2086  # lists of words
    step "Installing system packages" - ${sudo}env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 install -y \
        --no-install-recommends $packages ||
        fail_with_log "Not everything could be installed; by hand: $(install_command apt "$sudo") ${packages% }."
}

# Asks, and lets sudo ask for the password now, while there is a terminal to answer on. Unattended, only a sudo that asks
# for nothing will do.
may_use_sudo() {
    command -v sudo >/dev/null 2>&1 || return 1
    if [ "$YES" = yes ]; then
        sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }
        return
    fi
    ask "Install $1 (with sudo apt-get)?" && sudo -v
}
