# shellcheck shell=bash
# Words for the person, and long commands run with their progress shown; all of it works in bash 3.2.

CHILD=""       # process group of the long command now running
UNFINISHED=""  # folder to throw away when the script ends, however it ends
LOG=/dev/null  # where long commands write

say() { printf '%s\n' "$*" >&2; }

# One sentence that says what is wrong and what to do; the exit code is 1.
fail() {
    say "companion: $*"
    exit 1
}

# Wrong usage: the exit code is 2.
misused() {
    say "companion: $*"
    exit 2
}

# Asks a yes-or-no question; no terminal means no, since nobody would answer.
ask() {
    local answer=""
    [ -t 0 ] && [ -t 2 ] || return 1
    printf '%s [y/N] ' "$1" >&2
    read -r answer || return 1
    case $answer in [yY] | [yY][eE][sS]) return 0 ;; *) return 1 ;; esac
}

duration() {
    if [ "$1" -lt 120 ]; then printf '%d s' "$1"; else printf '%d min' $((($1 + 30) / 60)); fi
}

# step TITLE PROGRESS COMMAND...: runs the command, its output in $LOG, with the time it took behind its title.
# PROGRESS names a function that is called with the seconds so far and prints how far it is, or is "-".
# Returns the command's exit status. The command has a process group of its own, so that all of it can be ended.
step() {
    local title=$1 progress=$2 began=$SECONDS status=0 told=0 so_far
    shift 2
    set -m
    "$@" </dev/null >>"$LOG" 2>&1 &
    CHILD=$!
    set +m
    while kill -0 "$CHILD" 2>/dev/null; do
        so_far=$((SECONDS - began))
        if [ -t 2 ]; then
            printf '\r\033[K  %s: %s%s' "$title" "$(duration "$so_far")" "$(progress_of "$progress" "$so_far")" >&2
        elif [ $((so_far - told)) -ge 30 ]; then
            told=$so_far
            say "  $title: $(duration "$so_far")$(progress_of "$progress" "$so_far")"
        fi
        sleep 0.2
    done
    wait "$CHILD" || status=$?
    CHILD=""
    [ -t 2 ] && printf '\r\033[K' >&2
    if [ "$status" -eq 0 ]; then
        say "  $title: done in $(duration $((SECONDS - began)))"
    else
        say "  $title: failed after $(duration $((SECONDS - began)))"
    fi
    return "$status"
}

progress_of() {
    [ "$1" = "-" ] || "$1" "$2"
}

# Shows the end of the log, then fails with a sentence.
fail_with_log() {
    [ -f "$LOG" ] && tail -n 15 "$LOG" >&2
    fail "$* The whole output is in $LOG."
}

# Ends what still runs and throws away what is half done.
tidy() {
    local child
    # Asked of the shell: a signal can come between the command's start and CHILD=$!.
    for child in $(jobs -p); do
        kill -TERM -- "-$child" 2>/dev/null || kill -TERM "$child" 2>/dev/null
        wait "$child" 2>/dev/null
    done
    CHILD=""
    if [ -n "$UNFINISHED" ]; then rm -rf "$UNFINISHED"; fi
}

# stopped CODE: what an interrupt does; the next run repairs what is half done.
stopped() {
    trap - EXIT INT TERM HUP
    tidy
    say ""
    say "companion: stopped; the same command takes it up again."
    exit "$1"
}

tidy_at_the_end() {
    trap tidy EXIT
    trap 'stopped 130' INT
    trap 'stopped 143' TERM HUP
}
