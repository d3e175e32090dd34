# shellcheck shell=bash
# A sound server and a screen of the tests' own, in a temporary folder, ended with the script.

ROOM=""          # the folder
ROOM_PROCESSES="" # process groups to end

# A microphone and a loudspeaker that aren't there. The microphone is a source of its own, because a loudspeaker's
# monitor is never taken for one.
sound_server_script() {
    cat <<SCRIPT
load-module module-native-protocol-unix auth-anonymous=1 socket=$ROOM/pulse.sock
load-module module-null-sink sink_name=speaker rate=48000 channels=1 norewinds=1
load-module module-null-sink sink_name=air rate=48000 channels=1 norewinds=1
load-module module-remap-source source_name=mic master=air.monitor channels=1 remix=no
set-default-sink speaker
set-default-source mic
SCRIPT
}

# in_background COMMAND...: in a process group of its own, so that Ctrl-C ends the tests before what they run on.
in_background() {
    set -m
    "$@" </dev/null &
    ROOM_PROCESSES="$ROOM_PROCESSES $!"
    set +m
}

# wait_for SECONDS COMMAND...
wait_for() {
    local until=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$until" ] || return 1
        sleep 0.1
    done
}

open_sound() {
    sound_server_script >"$ROOM/server.pa"
    printf '<%s>\npcm.!default { type pulse }\nctl.!default { type pulse }\n' /usr/share/alsa/alsa.conf >"$ROOM/alsa.conf"
    in_background pulseaudio -n -F "$ROOM/server.pa" --daemonize=no --exit-idle-time=-1 --realtime=no \
        --high-priority=no --use-pid-file=no "--log-target=file:$ROOM/pulse.log" 2>/dev/null
    export PULSE_SERVER=unix:$ROOM/pulse.sock
    if [ -f /usr/share/alsa/alsa.conf ]; then export ALSA_CONFIG_PATH=$ROOM/alsa.conf; fi
    wait_for 20 pactl info || fail "PulseAudio doesn't start: $(tail -n 1 "$ROOM/pulse.log" 2>/dev/null)"
}

# Xvfb takes a free number and says which; only who has the cookie may draw. macOS has a screen of its own.
open_screen() {
    local cookie number
    command -v Xvfb >/dev/null 2>&1 || return 0
    cookie=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    xauth -f "$ROOM/xauthority" add :0 . "$cookie" 2>/dev/null
    in_background Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp -auth "$ROOM/xauthority" 3>"$ROOM/display" 2>"$ROOM/xvfb.log"
    wait_for 20 test -s "$ROOM/display" || fail "Xvfb doesn't start: $(tail -n 1 "$ROOM/xvfb.log")"
    number=$(cat "$ROOM/display")
    xauth -f "$ROOM/xauthority" add ":$number" . "$cookie" 2>/dev/null
    export DISPLAY=:$number XAUTHORITY=$ROOM/xauthority
    unset WAYLAND_DISPLAY
}

open_room() {
    ROOM=$(mktemp -d "${TMPDIR:-/tmp}/companion-tests.XXXXXX") || fail "There is no room in ${TMPDIR:-/tmp}: make some."
    mkdir -m 700 "$ROOM/run" "$ROOM/home"
    # The tests' home is never the user's.
    export XDG_RUNTIME_DIR=$ROOM/run COMPANION_HOME=$ROOM/home
    unset DBUS_SESSION_BUS_ADDRESS PULSE_SINK PULSE_SOURCE PULSE_LATENCY_MSEC
    open_sound
    open_screen
}

close_room() {
    local process
    for process in $ROOM_PROCESSES; do
        kill -TERM -- "-$process" 2>/dev/null
    done
    for process in $ROOM_PROCESSES; do
        wait_for 5 gone "$process" || kill -KILL -- "-$process" 2>/dev/null
        wait "$process" 2>/dev/null
    done
    ROOM_PROCESSES=""
    if [ -n "$ROOM" ]; then rm -rf "$ROOM"; fi
    ROOM=""
}

gone() { ! kill -0 -- "-$1"; }
