#!/usr/bin/env bash
# Shows the main job end to end on this machine: a monitor, a grading server that plays unreliable, a session of students.
#
#   scripts/demo.sh [--once] [--postgres] [--instances 1] [--tasks 200] [--port 0] [--seed 42]
#
#   --once          exit when the session is done (status 1 if anything is wrong) instead of staying up for a look
#   --postgres      on a PostgreSQL server of the demo's own instead of SQLite
#   --instances N   so many monitors on the one database, callbacks to each in turn; half-way, one of them is killed
#                   with -9 and started again (1; more need --postgres)
#   --tasks N       students in the session (200)
#   --port N        the (first) monitor's port (0: any that is free)
#   --seed N        what the grading server loses, repeats, delays and forges follows from this (42)
#
# Installs what is missing, builds, and keeps its data in a temporary directory that it removes. The last line of a
# finished run is one JSON object.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() { sed -n '2,16s/^# \{0,1\}//p' scripts/demo.sh; }
fail() { echo "demo: $*" >&2; exit 1; }
wrong_usage() { echo "demo: $*" >&2; exit 64; }

# The demo on PostgreSQL calls itself with --inside, as the command of scripts/with-postgres.sh.
inside=no once=no postgres=no instances=1 tasks=200 port=0 seed=42
arguments=("$@")
while (($# > 0)); do
    case "$1" in
        --inside) inside=yes ;;
        --once) once=yes ;;
        --postgres) postgres=yes ;;
        --instances | --tasks | --port | --seed)
            [[ ${2:-} =~ ^[0-9]+$ ]] || wrong_usage "$1 takes a whole number"
            printf -v "${1#--}" '%d' "$((10#$2))"
            shift ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; wrong_usage "unknown option: $1" ;;
    esac
    shift
done
((tasks > 0)) || wrong_usage "--tasks takes at least 1"
((instances > 0)) || wrong_usage "--instances takes at least 1"
if ((instances > 1)) && [[ $postgres == no ]]; then
    wrong_usage "several monitors need a database that they can share: add --postgres"
fi

if [[ $inside == no ]]; then
    needed=()
    if [[ $postgres == yes ]]; then needed=(--postgres); fi
    scripts/install-dependencies.sh ${needed[@]+"${needed[@]}"}
    echo "Building (the first time takes some minutes) ..."
    swift build --product grading-monitor
    if [[ $postgres == yes ]]; then
        exec scripts/with-postgres.sh scripts/demo.sh --inside ${arguments[@]+"${arguments[@]}"}
    fi
fi
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
        if line=$(grep -m 1 "^$1=" "$2" 2>/dev/null); then
            echo "${line#*=}"
            return
        fi
        kill -0 "$3" 2>/dev/null || break
        sleep 0.05
    done
    cat "$2" "${2%.out}.log" >&2 || true
    fail "no '$1=' from ${2##*/}"
}

# The servers need each other's address, and keep it when they are killed and started again: ports for the grading server and
# the monitors are chosen here, and held until the end. A socket that is bound and does not listen refuses connections and lets
# nobody have its port but a server that sets SO_REUSEADDR, as these do.
exec {reserved}< <(exec python3 - "$((instances + 1))" <<'PYTHON'
import select, socket, sys

held = [socket.socket() for _ in range(int(sys.argv[1]))]
for each in held:
    each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    each.bind(("127.0.0.1", 0))
print(*[each.getsockname()[1] for each in held], flush=True)
# Until nobody reads any more.
until_closed = select.poll()
until_closed.register(1, 0)
until_closed.poll()
PYTHON
)
pids+=("$!")
read -r -a ports <&"$reserved" || fail "no free port"
grading_port=${ports[0]}
if ((port == 0)); then port=${ports[1]}; fi

database_url="sqlite:$data/demo.db" database_name=SQLite database=$data/demo.db
if [[ $postgres == yes ]]; then
    database_url=$TEST_POSTGRES_URL database_name=PostgreSQL
    # The password goes another way: others can read arguments in the process list.
    password=${database_url#*://*:} password=${password%%@*}
    database=${database_url/":$password@"/@}
    export PGPASSWORD=$password
fi

# All monitors know the same secrets, which --dev prints.
secret() { head -c 32 /dev/urandom | base64; }
webhook_secret="whsec_$(secret)" cron_secret=$(secret) operator_secret=$(secret)

# keep_up NUMBER PORT: runs a monitor, and again when it was killed, as an init system would.
keep_up() {
    local process='' status
    trap 'kill "$process"; wait "$process"; exit' TERM
    while :; do
        # Nothing of the caller's own settings counts here. Short times, so that a lost callback is found while one watches.
        env -i PATH="$PATH" HOME="${HOME:-/}" \
            DATABASE_URL="$database_url" GRADING_SERVER_URL="http://127.0.0.1:$grading_port" \
            WEBHOOK_SECRETS="$webhook_secret" CRON_SECRETS="$cron_secret" OPERATOR_SECRETS="$operator_secret" \
            HTTP_HOST=127.0.0.1 HTTP_PORT="$2" SWEEP_INTERVAL=5 SWEEP_GRACE=5 SWEEP_BACKOFF=5 SWEEP_BATCH_SIZE=10 \
            LOG_LEVEL=info LOG_FORMAT=text \
            "$monitor" serve --dev >>"$data/monitor-$1.out" 2>>"$data/monitor-$1.log" &
        process=$!
        echo "$process" >"$data/monitor-$1.process"
        status=0
        # The shell would tell of a killed process here; the demonstration does so itself.
        wait "$process" 2>/dev/null || status=$?
        ((status == 128 + 9)) || exit "$status"
    done
}

keepers=()
for ((number = 1; number <= instances; number++)); do
    keep_up "$number" "$port" &
    keepers+=("$!")
    port=${ports[number + 1]:-}
done
pids+=("${keepers[@]}")
urls=() callback_urls=() monitor_urls=()
for ((number = 1; number <= instances; number++)); do
    url=$(answer url "$data/monitor-$number.out" "${keepers[number - 1]}")
    urls+=("$url")
    callback_urls+=(--callback-url "$url/api/webhooks/grading")
    monitor_urls+=(--monitor "$url")
done

env -i PATH="$PATH" HOME="${HOME:-/}" WEBHOOK_SECRETS="$webhook_secret" \
    "$monitor" simulate --port "$grading_port" "${callback_urls[@]}" \
    --seed "$seed" --lost 0.2 --repeated 0.1 --delayed 0.1 --reordered 0.1 --forged 0.05 --failing 0 \
    --task-duration 2...8 >"$data/simulate.out" 2>"$data/simulate.log" &
simulate_pid=$!
pids+=("$simulate_pid")
grading_url=$(answer url "$data/simulate.out" "$simulate_pid")

if ((instances == 1)); then
    echo "The monitor listens at ${urls[0]} ($database_name), the grading server at $grading_url."
else
    echo "$instances monitors on one database ($database_name): ${urls[*]}; the grading server: $grading_url."
    echo "One of the monitors will be killed half-way with -9, and started again."
fi
echo "$tasks students; 20 % of the callbacks are lost, 10 % repeated, 10 % reordered, some delayed or forged."

kill=()
if ((instances > 1)); then kill=(--kill "$data/monitor-$instances.process"); fi
status=0
OPERATOR_SECRET=$operator_secret python3 scripts/demo.py "${monitor_urls[@]}" --grading-server "$grading_url" \
    --database "$database" --tasks "$tasks" --seed "$seed" ${kill[@]+"${kill[@]}"} || status=$?
if ((status != 0)); then
    # The JSON line stays the last one of standard output.
    for log in "$data"/monitor-*.log; do echo "The last words in ${log##*/}:"; tail -n 20 "$log"; done >&2
fi
if [[ $once == yes ]]; then
    exit "$status"
fi

cat <<TEXT

Still up. Look around, for instance:
  curl -s -H 'Authorization: Bearer $operator_secret' ${urls[0]}/api/monitoring/stats
  curl -s -H 'Authorization: Bearer $operator_secret' '${urls[0]}/api/sessions/demo/logs?limit=5'
Ctrl-C ends it and removes its data.
TEXT
wait "${pids[@]:1}"
