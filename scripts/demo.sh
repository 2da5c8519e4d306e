#!/usr/bin/env bash
# Shows the main job end to end on this machine: a monitor, a grading server that plays unreliable, a session of students.
#
#   scripts/demo.sh [--once] [--tasks 200] [--port 0] [--seed 42]
#
#   --once      exit when the session is done (status 1 if anything is wrong) instead of staying up for a look
#   --tasks N   students in the session (200)
#   --port N    the monitor's port (0: any that is free)
#   --seed N    what the grading server loses, repeats, delays and forges follows from this (42)
#
# Installs what is missing, builds, and keeps its data in a temporary directory that it removes. The last line of a
# finished run is one JSON object.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() { sed -n '2,12s/^# \{0,1\}//p' scripts/demo.sh; }
fail() { echo "demo: $*" >&2; exit 1; }

once=no tasks=200 port=0 seed=42
while (($# > 0)); do
    case "$1" in
        --once) once=yes ;;
        --tasks | --port | --seed)
            [[ ${2:-} =~ ^[0-9]+$ ]] || { echo "demo: $1 takes a whole number" >&2; exit 64; }
            printf -v "${1#--}" '%d' "$((10#$2))"
            shift ;;
        -h | --help) usage; exit 0 ;;
        *) echo "demo: unknown option: $1" >&2; usage >&2; exit 64 ;;
    esac
    shift
done
((tasks > 0)) || { echo "demo: --tasks takes at least 1" >&2; exit 64; }

scripts/install-dependencies.sh
echo "Building (the first time takes some minutes) ..."
swift build --product grading-monitor
monitor="$(swift build --show-bin-path)/grading-monitor"

data=$(mktemp -d "${TMPDIR:-/tmp}/grading-monitor-demo.XXXXXX")
pids=()
cleanup() {
    trap - EXIT
    local pid
    for pid in ${pids[@]+"${pids[@]}"}; do kill "$pid" 2>/dev/null || true; done
    for pid in ${pids[@]+"${pids[@]}"}; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$data"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# answer KEY FILE PID: waits for the line KEY=... that a process prints when it is up.
answer() {
    local line deadline=$((SECONDS + 30))
    while ((SECONDS < deadline)); do
        if line=$(grep -m 1 "^$1=" "$2"); then
            echo "${line#*=}"
            return
        fi
        kill -0 "$3" 2>/dev/null || break
        sleep 0.05
    done
    cat "$2" "${2%.out}.log" >&2
    fail "no '$1=' from ${2##*/}"
}

# The two servers need each other's address: choose the grading server's port before either starts.
grading_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

# Nothing of the caller's own settings counts here. Short times, so that a lost callback is found while one watches.
# `--dev` makes its own secrets.
env -i PATH="$PATH" HOME="${HOME:-/}" \
    DATABASE_URL="sqlite:$data/demo.db" GRADING_SERVER_URL="http://127.0.0.1:$grading_port" \
    HTTP_HOST=127.0.0.1 HTTP_PORT="$port" SWEEP_INTERVAL=5 SWEEP_GRACE=5 SWEEP_BATCH_SIZE=10 \
    LOG_LEVEL=info LOG_FORMAT=text \
    "$monitor" serve --dev >"$data/serve.out" 2>"$data/serve.log" &
serve_pid=$!
pids+=("$serve_pid")
url=$(answer url "$data/serve.out" "$serve_pid")
webhook_secret=$(answer webhook_secret "$data/serve.out" "$serve_pid")
operator_secret=$(answer operator_secret "$data/serve.out" "$serve_pid")

env -i PATH="$PATH" HOME="${HOME:-/}" WEBHOOK_SECRETS="$webhook_secret" \
    "$monitor" simulate --port "$grading_port" --callback-url "$url/api/webhooks/grading" \
    --seed "$seed" --lost 0.2 --repeated 0.1 --delayed 0.1 --reordered 0.1 --forged 0.05 --failing 0 \
    --task-duration 2...8 >"$data/simulate.out" 2>"$data/simulate.log" &
simulate_pid=$!
pids+=("$simulate_pid")
grading_url=$(answer url "$data/simulate.out" "$simulate_pid")

cat <<TEXT
The monitor listens at $url (SQLite), the grading server at $grading_url.
$tasks students; 20 % of the callbacks are lost, 10 % repeated, 10 % reordered, some delayed or forged.
TEXT

status=0
OPERATOR_SECRET=$operator_secret python3 scripts/demo.py --monitor "$url" --grading-server "$grading_url" \
    --database "$data/demo.db" --tasks "$tasks" --seed "$seed" || status=$?
if ((status != 0)); then
    # The JSON line stays the last one of standard output.
    { echo "The monitor's last words:"; tail -n 20 "$data/serve.log"; } >&2
fi
if [[ $once == yes ]]; then
    exit "$status"
fi

cat <<TEXT

Still up. Look around, for instance:
  curl -s -H 'Authorization: Bearer $operator_secret' $url/api/monitoring/stats
  curl -s -H 'Authorization: Bearer $operator_secret' '$url/api/sessions/demo/logs?limit=5'
Ctrl-C ends it and removes its data.
TEXT
wait "$serve_pid" "$simulate_pid"
