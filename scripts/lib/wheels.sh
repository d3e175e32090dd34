# shellcheck shell=bash
# Packages that come as source are built here once, and their wheels kept outside the clone under a key of all that
# decides whether a wheel fits: version, Python, libc, processor, GPU and build options. A wheel built on one processor
# dies of an illegal instruction on another.

# Packages without wheels for every machine. pyworld shifts a voice's pitch and timbre, for who wants that and for tests.
SOURCE_PACKAGES="docopt llama-cpp-python"
SOURCE_PACKAGES_ALL="$SOURCE_PACKAGES pyworld"

# lock_entry NAME LOCK: the entry of a package with its hashes.
lock_entry() { awk -v name="$1" '/^[^ ]/ { ours = index($0, name "==") == 1 } ours' "$2"; }

# lock_version NAME LOCK
lock_version() { lock_entry "$1" "$2" | sed -n '1s/^[^=]*==\([^ ;\\]*\).*/\1/p'; }

# lock_without LOCK NAME...: the lock file without these packages.
lock_without() {
    local lock=$1
    shift
    awk -v names=" $* " '/^[^ ]/ { split($0, part, "=="); ours = index(names, " " part[1] " ") > 0 } !ours' "$lock"
}

# AMX (Xeons of 2023 and later): compilers may leave out what llama.cpp writes into a tile's configuration, and it dies of
# an illegal instruction (ggml-org/llama.cpp, pull request 26954; seen with GCC 12).
# A compiler that doesn't know the option doesn't know AMX either.
without_amx() {
    if has_amx && "${CC:-cc}" -mno-amx-int8 -E -x c /dev/null >/dev/null 2>&1; then
        printf ' -DCMAKE_C_FLAGS=-mno-amx-int8 -DCMAKE_CXX_FLAGS=-mno-amx-int8'
    fi
}

# How llama.cpp is configured. Without LLAVA_BUILD: pictures aren't spoken to. What the person set in CMAKE_ARGS comes last.
llama_options() {
    printf '%s' "-DCMAKE_BUILD_TYPE=Release -DGGML_NATIVE=ON -DLLAVA_BUILD=OFF$(without_amx)"
    case $1 in
        cuda) printf ' -DGGML_CUDA=ON -DCMAKE_CUDA_COMPILER=%s' "$(nvcc_path)" ;;
        vulkan) printf ' -DGGML_VULKAN=ON' ;;
        metal) printf ' -DGGML_METAL=ON' ;;
        *) if [ "$SYSTEM" = Darwin ]; then printf ' -DGGML_METAL=OFF'; fi ;;
    esac
    printf '%s\n' "${CMAKE_ARGS:+ $CMAKE_ARGS}"
}

# The key a wheel is kept under. $1: the Python to ask; $2: the GPU kind.
wheel_key() {
    local python
    python=$("$1" -I -c 'import platform, sys, sysconfig
print("py%d.%d-%s-%s" % (*sys.version_info[:2], sysconfig.get_platform(), "".join(platform.libc_ver()) or "libc"))') || return 1
    printf '%s-cpu%s-%s-options%s\n' "$python" "$(cpu_key)" "$(gpu_tag "$2")" \
        "$(llama_options "$2" | digest)"
}

# kept_wheel FOLDER: the path of the whole wheel in it; a damaged one is thrown away.
kept_wheel() {
    local wheel
    for wheel in "$1"/*.whl; do
        if [ -f "$wheel" ] && [ "$(digest <"$wheel")" = "$(cat "$1/digest" 2>/dev/null)" ]; then
            printf '%s\n' "$wheel"
            return 0
        fi
    done
    rm -rf "$1"
    return 1
}

# Holds the cache for this set-up alone: two builds at once would take twice as long. What an interrupted build left is
# thrown away, since nobody else can be building now.
hold_cache() {
    hold 8 "$CACHE/wheels" "Another set-up is building; waiting for it."
    rm -rf "$CACHE"/building.*
}

# The throw-away environment that builds; its own build requirements are locked too.
make_build_environment() {
    "$PYTHON" -m venv "$1" && "$1/bin/python" -m pip install --require-hashes --no-deps --only-binary :all: \
        -r "$ROOT/requirements-build.lock"
}

# build_wheel NAME LOCK ENVIRONMENT OUT: one wheel from its source package, whose hash the lock file knows.
build_wheel() {
    lock_entry "$1" "$2" >"$UNFINISHED/$1.lock"
    PATH=$3/bin:$PATH TMPDIR=$UNFINISHED CMAKE_ARGS=$(llama_options "$GPU") CMAKE_BUILD_PARALLEL_LEVEL=${BUILD_JOBS:-$(cores)} \
        "$3/bin/python" -m pip wheel -v --no-deps --no-build-isolation --no-cache-dir --require-hashes \
        --no-binary :all: -w "$4" -r "$UNFINISHED/$1.lock"
}

cores() { getconf _NPROCESSORS_ONLN 2>/dev/null || sysctl -n hw.ncpu; }

# How far Ninja is, read off the log's last "[12/79]", and what remains at the speed so far. Files differ in size, so
# it says "about"; before the first hundredth it knows nothing and says so.
build_progress() {
    local done_of finished all
    done_of=$(tail -c 20000 "$LOG" 2>/dev/null | tr '\r' '\n' | sed -n 's/^ *\[\([0-9]*\/[0-9]*\)\].*/\1/p' | tail -n 1)
    finished=${done_of%/*} all=${done_of#*/}
    if [ -z "$done_of" ] || [ $((finished * 100)) -lt "$all" ]; then
        printf ', preparing'
    else
        printf ', %s of %s files, about %s left' "$finished" "$all" "$(duration $(($1 * (all - finished) / finished)))"
    fi
}

# ready_wheels LOCK NAME...: sets WHEELS to the path of a fitting wheel of each, built now where the cache has none.
ready_wheels() {
    local lock=$1 name key wheel missing=""
    shift
    key=$(wheel_key "$PYTHON" "$GPU") || fail "$PYTHON can't say what it is: install Python again."
    WHEELS=()
    hold_cache
    for name in "$@"; do
        kept_wheel "$CACHE/wheels/$name-$(lock_version "$name" "$lock")-$key" >/dev/null || missing="$missing $name"
    done
    if [ -n "$missing" ]; then build_missing "$lock" "$key" "$missing"; fi
    for name in "$@"; do
        wheel=$(kept_wheel "$CACHE/wheels/$name-$(lock_version "$name" "$lock")-$key") || fail "The wheel of $name vanished from $CACHE."
        WHEELS+=("$wheel")
    done
    release 8
}

# build_missing LOCK KEY NAMES
build_missing() {
    local name
    UNFINISHED=$(mktemp -d "$CACHE/building.XXXXXX") || fail "$CACHE can't be written to: make room, or set COMPANION_CACHE."
    step "Build tools" - make_build_environment "$UNFINISHED/environment" ||
        fail_with_log "The build tools couldn't be installed: is there a network?"
    for name in $3; do
        build_and_keep "$1" "$2" "$name"
    done
    rm -rf "$UNFINISHED"
    UNFINISHED=""
}

# build_and_keep LOCK KEY NAME: the folder appears in the cache with everything in it, or not at all.
build_and_keep() {
    local name=$3 out=$UNFINISHED/$3 progress=- hint=""
    mkdir "$out"
    if [ "$name" = llama-cpp-python ]; then
        progress=build_progress
        if [ "$GPU" != none ]; then hint=" Without the GPU (--gpu none) it may go."; fi
        say "  llama.cpp is built for this machine, once; that takes about $((14 / $(cores) + 1)) minutes (more with a GPU)."
    fi
    : >"$LOG"
    step "Building $name" "$progress" build_wheel "$name" "$1" "$UNFINISHED/environment" "$out" ||
        fail_with_log "$name couldn't be built.$hint"
    digest <"$(echo "$out"/*.whl)" >"$out/digest"
    sync
    mv "$out" "$CACHE/wheels/$name-$(lock_version "$name" "$1")-$2"
}
