# shellcheck shell=bash
# What machine this is: its processor, its GPU, its Python, and where built wheels may be kept.

CPUINFO=${CPUINFO:-/proc/cpuinfo}
SYSTEM=${SYSTEM:-$(uname -s)}

# Sixteen hexadecimal digits of the SHA-256 of standard input. macOS has shasum, Linux sha256sum.
digest() {
    local line
    if command -v sha256sum >/dev/null 2>&1; then line=$(sha256sum); else line=$(shasum -a 256); fi
    printf '%s\n' "${line:0:16}"
}

# The instruction sets of the processor. Words about mitigations, virtualisation and clocks are left out, because they
# come and go with the kernel; a word not known here stays in: one build too many is better than an illegal instruction.
cpu_flags() {
    if [ "$SYSTEM" = Darwin ]; then
        sysctl -n machdep.cpu.brand_string machdep.cpu.features machdep.cpu.leaf7_features hw.optional 2>/dev/null
        sysctl hw.optional.arm 2>/dev/null
        return 0
    fi
    awk -F: '/^(flags|Features|isa)[ \t]*:/ {
        count = split($2, words, " ")
        for (i = 1; i <= count; i++) if (words[i] !~ /^(hypervisor|constant_tsc|nonstop_tsc|tsc_known_freq|tsc_adjust|rep_good|nopl|cpuid|extd_apicid|aperfmperf|arch_perfmon|pebs|bts|ibrs.*|ibpb.*|stibp.*|ssbd|virt_ssbd|amd_ssbd|md_clear|flush_l1d|arch_capabilities|pti|retpoline.*|rsb_ctxsw|tpr_shadow|vnmi|flexpriority|ept.*|vpid|vmx|svm|svm_lock|nrip_save|npt|lbrv|tsc_scale|vmcb_clean|flushbyasid|decodeassists|pausefilter|pfthreshold|avic|v_.*|vgif|x2avic|user_shstk|split_lock_detect|bus_lock_detect|hwp.*|dtherm|ida|arat|pln|pts|epb|cqm.*|cat_.*|cdp_.*|rdt_.*|mba|acpi|tm|tm2|est|xtopology|overflow_recov|succor|smca|cppc|intel_ppin|amd_ppin|sme|sev.*|debug_swap)$/) printf "%s ", words[i]
        exit
    }' "$CPUINFO" 2>/dev/null
}

has_amx() { case " $(cpu_flags) " in *" amx_int8 "*) true ;; *) false ;; esac }

cpu_key() { { uname -m; cpu_flags; } | digest; }

# Where wheels built here are kept, outside the clone, so that the next set-up doesn't build them again.
cache_folder() {
    if [ -n "${COMPANION_CACHE:-}" ]; then
        printf '%s\n' "$COMPANION_CACHE"
    elif [ "$SYSTEM" = Darwin ] && [ -n "${HOME:-}" ]; then
        printf '%s\n' "$HOME/Library/Caches/companion"
    elif [ -n "${XDG_CACHE_HOME:-}" ]; then
        printf '%s\n' "$XDG_CACHE_HOME/companion"
    elif [ -n "${HOME:-}" ]; then
        printf '%s\n' "$HOME/.cache/companion"
    else
        return 1
    fi
}

# Makes the cache folder and says where it is, or why that can't be.
ready_cache() {
    CACHE=$(cache_folder) || fail "HOME isn't set: set it, or COMPANION_CACHE to a folder for what is built here."
    case $CACHE in /*) ;; *) CACHE=$PWD/$CACHE ;; esac
    if ! mkdir -p "$CACHE/wheels" 2>/dev/null || [ ! -w "$CACHE/wheels" ]; then
        fail "$CACHE can't be written to: set COMPANION_CACHE to a folder that can."
    fi
}

nvcc_path() {
    local place
    for place in "$(command -v nvcc)" "${CUDA_HOME:-/usr/local/cuda}/bin/nvcc" "${CUDA_PATH:-/usr/local/cuda}/bin/nvcc"; do
        if [ -n "$place" ] && [ -x "$place" ]; then
            printf '%s\n' "$place"
            return 0
        fi
    done
    return 1
}

# The compiler alone isn't the toolkit: llama.cpp needs cuBLAS as well.
has_cuda() {
    local nvcc
    nvcc=$(nvcc_path) || return 1
    [ -e "${nvcc%/bin/nvcc}/include/cublas_v2.h" ] || [ -e /usr/include/cublas_v2.h ]
}

# WSL shows the GPU as /dev/dxg and its driver library, not as /dev/nvidia*.
has_nvidia() { [ -e /dev/nvidia0 ] || [ -e /usr/lib/wsl/lib/libcuda.so.1 ]; }

# A GPU that isn't built into the processor: those share its memory, and llama.cpp is seldom faster on them.
has_discrete_gpu() {
    local card vram
    for card in /sys/class/drm/card[0-9]*/device; do
        [ -r "$card/vendor" ] || continue
        case $(cat "$card/vendor") in
            0x10de) return 0 ;;
            0x1002)
                vram=$(cat "$card/mem_info_vram_total" 2>/dev/null || printf 0)
                [ "$vram" -ge 2147483648 ] && return 0
                ;;
        esac
    done
    return 1
}

# cuda, vulkan, metal or none. A kind counts when the device and what builds for it are both there; it takes
# no time, because every start asks.
detect_gpu() {
    if [ "$SYSTEM" = Darwin ]; then
        if [ "$(uname -m)" = arm64 ]; then printf 'metal\n'; else printf 'none\n'; fi
    elif has_nvidia && has_cuda; then
        printf 'cuda\n'
    elif has_discrete_gpu && command -v glslc >/dev/null 2>&1 && [ -e /usr/include/vulkan/vulkan.h ]; then
        printf 'vulkan\n'
    else
        printf 'none\n'
    fi
}

# The GPU kind with the version of what it links against, which a wheel can't change once built.
gpu_tag() {
    case $1 in
        cuda) printf 'cuda%s\n' "$("$(nvcc_path)" --version | sed -n 's/.*release \([0-9.]*\).*/\1/p')" ;;
        *) printf '%s\n' "$1" ;;
    esac
}

# Asks a Python about itself. Prints its real path, its version and what it lacks of: venv headers.
# Fails for anything but a CPython 3.11 to 3.13 of the ordinary kind.
ask_python() {
    "$1" -I - 2>/dev/null <<'PYTHON'
import importlib.util, os, sys, sysconfig

if not (3, 11) <= sys.version_info[:2] <= (3, 13) or sys.implementation.name != "cpython":
    sys.exit(1)
if sysconfig.get_config_var("Py_GIL_DISABLED") or sys.maxsize < 2**32:
    sys.exit(1)
lacks = []
if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
    lacks.append("venv")
if not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")):
    lacks.append("headers")
# The base interpreter: an environment made from another environment would break when that one goes.
base = getattr(sys, "_base_executable", None) or sys.executable
print(os.path.realpath(base), "%d.%d" % sys.version_info[:2], ",".join(lacks) or "-", sep="\t")
PYTHON
}

python_candidates() {
    local name root
    if [ -n "${COMPANION_PYTHON:-}" ]; then
        printf '%s\n' "$COMPANION_PYTHON"
        return 0
    fi
    for name in python3.13 python3.12 python3.11 python3; do command -v "$name"; done
    root=${PYENV_ROOT:-${HOME:-/nonexistent}/.pyenv}
    for name in "$root"/versions/3.1[321].*/bin/python3 /opt/homebrew/bin/python3.1[321] /usr/local/bin/python3.1[321] \
        /Library/Frameworks/Python.framework/Versions/3.1[321]/bin/python3; do
        if [ -x "$name" ]; then printf '%s\n' "$name"; fi
    done
    return 0
}

# Finds a Python and sets PYTHON (its path, empty if there is none), PYTHON_VERSION (3.12) and PYTHON_LACKS (what of
# "venv,headers" it is without, or "-"). One that lacks nothing is taken before one that is earlier in the row.
find_python() {
    local candidate answer path version lacks
    PYTHON="" PYTHON_VERSION="" PYTHON_LACKS=""
    while IFS= read -r candidate; do
        answer=$(ask_python "$candidate") || continue
        IFS=$'\t' read -r path version lacks <<EOT
$answer
EOT
        if [ -z "$PYTHON" ] || [ "$lacks" = "-" ]; then
            PYTHON=$path PYTHON_VERSION=$version PYTHON_LACKS=$lacks
        fi
        if [ "$lacks" = "-" ]; then return 0; fi
    done <<EOT
$(python_candidates)
EOT
    return 1
}
