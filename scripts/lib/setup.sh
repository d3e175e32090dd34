# shellcheck shell=bash
# The stages of a set-up. Each leaves a note of what it was done for in .venv/done/, written last; a stage whose note
# says what is wanted now is skipped. A start does nothing but compare the notes. A set-up that was interrupted while it
# wrote into .venv leaves the note "unfinished", and the next one makes .venv anew: pip can't tell half a package.

VENV=$ROOT/.venv
NOTES=$VENV/done

# hold FD PATH SENTENCE: takes the lock on a path for as long as FD is open here or in a child; while another has it,
# says the sentence and waits. The lock is on the open file, not on the process, so Python can take it for this shell,
# and macOS, which has no flock command, does as well as Linux.
hold() {
    eval "exec $1<\"\$2\""
    "$PYTHON" -I - "$1" "$3" <<'PYTHON' || fail "The set-up's lock couldn't be had: the same command tries again."
import errno, fcntl, signal, sys

signal.signal(signal.SIGINT, signal.SIG_DFL)
try:
    fcntl.flock(int(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("  " + sys.argv[2], file=sys.stderr, flush=True)
    fcntl.flock(int(sys.argv[1]), fcntl.LOCK_EX)
except OSError as error:
    if error.errno not in (errno.ENOTSUP, errno.ENOLCK, errno.ENOSYS):
        raise
    print("  This file system knows no locks: start no second set-up beside this one.", file=sys.stderr)
PYTHON
}

release() { eval "exec $1<&-"; }

note_of() {
    local line=""
    if [ -f "$NOTES/$1" ]; then IFS= read -r line <"$NOTES/$1" || true; fi
    printf '%s\n' "$line"
}

write_note() {
    printf '%s\n' "$2" >"$NOTES/$1.new"
    mv -f "$NOTES/$1.new" "$NOTES/$1"
}

# The GPU kind that what is there was built for; nothing before the first build and after one that broke off.
built_for() {
    local note
    note=$(note_of wheels)
    case $note in *" gpu "*) note=${note#* gpu } && printf '%s\n' "${note%% *}" ;; esac
}

# has_device KIND: what a build of that kind can't even start without is here (a container may have lost it).
has_device() {
    case $1 in
        cuda) has_nvidia ;;
        vulkan) has_discrete_gpu ;;
        *) true ;;
    esac
}

# What the stages are done for; all of it quick to find out, because every start asks. What this start doesn't say is as
# it was said last, and what "auto" came to stays: a start must not build anew, perhaps with no network, because it runs
# in other surroundings than the set-up (a PATH without nvcc, say).
read_wishes() {
    local built=""
    CPU=$(cpu_key)
    if [ "$GPU_ASKED" = "" ]; then
        GPU_ASKED=$(note_of gpu-asked)
        GPU_ASKED=${GPU_ASKED:-auto}
        built=$(built_for)
    fi
    if [ "$WITH" = run ] && [ "$(note_of with)" = timbre ]; then WITH=timbre; fi
    if [ -z "${CMAKE_ARGS+said}" ]; then CMAKE_ARGS=$(note_of cmake-args); fi
    GPU=$GPU_ASKED
    if [ "$GPU" = auto ]; then
        if [ -n "$built" ] && has_device "$built"; then GPU=$built; else GPU=$(detect_gpu); fi
    fi
    LOCKS=$(cat "$ROOT/requirements.lock" "$ROOT/requirements-test.lock" "$ROOT/requirements-build.lock" | digest)
    PROJECT=$(digest <"$ROOT/pyproject.toml")
    CATALOG=$(digest <"$ROOT/models/catalog.toml")
    OPTIONS=$(printf '%s%s' "$CMAKE_ARGS" "$(has_amx && printf " without AMX")" | digest)
}

# What a stage is to be done for.
wish_of() {
    case $1 in
        venv) printf '%s\n' "$ROOT" ;;
        packages) printf '%s\n' "$LOCKS" ;;
        wheels) printf '%s\n' "$LOCKS cpu $CPU gpu $GPU options $OPTIONS" ;;
        project) printf '%s\n' "$PROJECT" ;;
        weights) printf '%s\n' "$CATALOG" ;;
    esac
}

# is_done STAGE: its note says what is wanted. What was done for more serves less as well: test holds timbre holds run.
is_done() {
    local note
    note=$(note_of "$1")
    [ "${note#* }" = "$(wish_of "$1")" ] || return 1
    case $WITH in
        test) [ "${note%% *}" = test ] ;;
        timbre) [ "${note%% *}" != run ] ;;
        *) true ;;
    esac
}

all_done() {
    local stage
    [ -x "$VENV/bin/python" ] && [ -x "$VENV/bin/companion" ] || return 1
    for stage in venv packages wheels project weights; do is_done "$stage" || return 1; done
}

# What of run, timbre and test a stage is made for: the environment and the project are the same for all.
made_for() {
    case $1 in venv | project) printf 'test\n' ;; *) printf '%s\n' "$WITH" ;; esac
}

# Runs a stage unless it is done: stage NAME FUNCTION.
stage() {
    if is_done "$1"; then return 0; fi
    write_note "$1" unfinished
    "$2"
    sync
    write_note "$1" "$(made_for "$1") $(wish_of "$1")"
}

# A .venv that can't be trusted goes: half written, made for another place, or with its Python gone.
remove_broken_venv() {
    local stage note
    [ -d "$VENV" ] || return 0
    note=$(note_of venv)
    if [ -x "$VENV/bin/python" ] && [ "${note#* }" = "$ROOT" ]; then
        for stage in packages wheels project; do
            if [ "$(note_of "$stage")" = unfinished ]; then note=unfinished; fi
        done
        if [ "$note" != unfinished ]; then return 0; fi
    fi
    say "  .venv is unfinished or from another place; it is made anew."
    rm -rf "$VENV"
}

pip() { "$VENV/bin/python" -m pip "$@"; }

make_venv() {
    step "Python environment ($PYTHON)" - "$PYTHON" -m venv "$VENV" ||
        fail_with_log "The environment couldn't be made in $VENV."
}

lock_file() {
    if [ "$WITH" = test ]; then printf '%s\n' "$ROOT/requirements-test.lock"; else printf '%s\n' "$ROOT/requirements.lock"; fi
}

source_packages() {
    if [ "$WITH" = run ]; then printf '%s\n' "$SOURCE_PACKAGES"; else printf '%s\n' "$SOURCE_PACKAGES_ALL"; fi
}

# Wheels only: a source package would run its code to be installed.
install_packages() {
    # shellcheck disable=SC2046  # a list of words
    lock_without "$(lock_file)" $(source_packages) >"$VENV/wheels-only.lock"
    step "Python packages" - pip install --no-deps --require-hashes --only-binary :all: -r "$VENV/wheels-only.lock" ||
        fail_with_log "The Python packages couldn't be installed: is there a network, and room on the disk?"
}

install_wheels() {
    # The tests' lock knows all of them, in the same versions.
    # shellcheck disable=SC2046  # a list of words
    ready_wheels "$ROOT/requirements-test.lock" $(source_packages)
    step "Packages built here" - pip install --no-deps --no-index --force-reinstall "${WHEELS[@]}" ||
        fail_with_log "What was built couldn't be installed."
}

install_project() {
    step "Companion" - pip install --no-deps --no-index --no-build-isolation --editable "$ROOT" ||
        fail_with_log "Companion itself couldn't be installed."
}

fetch_weights() {
    say "  Model files:"
    if [ "$WITH" = test ]; then
        "$VENV/bin/companion" weights fetch --tests >&2
    else
        "$VENV/bin/companion" weights fetch >&2
    fi || fail "The model files aren't all there; the same command takes up where it stopped."
}

# What pip and Python would take from the surroundings and must not: another place to install to, other modules.
shut_out_surroundings() {
    unset PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV PIP_CONSTRAINT PIP_NO_BINARY PIP_ONLY_BINARY
    export PIP_USER=0 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1
}

check_gpu() {
    case $GPU in
        cuda) has_cuda || fail "The CUDA toolkit (nvcc and cuBLAS) isn't here: install it, or use --gpu none." ;;
        metal) [ "$SYSTEM" = Darwin ] || fail "Metal is macOS's: use --gpu auto here." ;;
    esac
    if [ "$GPU_ASKED" = auto ] && [ "$GPU" = none ] && has_nvidia; then
        say "  An NVIDIA GPU is here, but not the CUDA toolkit (nvcc and cuBLAS): the processor does the work. With the" \
            "toolkit installed, scripts/run --gpu auto uses the GPU."
    fi
}

# The first wishes are noted before the stages, so that a set-up that breaks off goes on as it was asked for; others
# once they could be had, so that a GPU build that fails doesn't come back at every start.
note_wishes() {
    write_note gpu-asked "$1"
    write_note cmake-args "$2"
}

# Everything, as far as it isn't done.
set_up() {
    local began=$SECONDS before before_args
    # What is built anyway is built for the GPU that is here now.
    if [ "$GPU_ASKED" = auto ] && ! is_done wheels; then GPU=$(detect_gpu); fi
    tidy_at_the_end
    shut_out_surroundings
    say "Setting up:"
    ready_cache
    LOG=$CACHE/setup.log
    : 2>/dev/null >"$LOG" || fail "$LOG can't be written: make room, or set COMPANION_CACHE to another folder."
    if is_done wheels; then
        ready_system "$WITH" none # nothing is built
    else
        check_gpu
        ready_system "$WITH" "$GPU"
    fi
    hold 9 "$ROOT" "Another set-up works in this folder; waiting for it."
    before=$(note_of gpu-asked)
    if [ -n "$before" ]; then before_args=$(note_of cmake-args); fi
    remove_broken_venv
    if [ ! -d "$VENV" ] && ! mkdir -p "$NOTES" 2>/dev/null; then fail "$ROOT can't be written to: set up in a folder of yours."; fi
    mkdir -p "$NOTES"
    note_wishes "${before:-$GPU_ASKED}" "${before_args-$CMAKE_ARGS}"
    stage venv make_venv
    stage packages install_packages
    stage wheels install_wheels
    note_wishes "$GPU_ASKED" "$CMAKE_ARGS"
    stage project install_project
    stage weights fetch_weights
    write_note with "$WITH"
    release 9
    say "Set up in $(duration $((SECONDS - began)))."
}
