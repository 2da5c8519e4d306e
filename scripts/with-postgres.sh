#!/usr/bin/env bash
# Runs a command with a PostgreSQL cluster of its own, and removes the cluster afterwards, however the command ends.
#
#   scripts/with-postgres.sh [--data DIR] [--set NAME=VALUE]... [--keep-log FILE] [--] COMMAND [ARGUMENT]...
#
#   --data DIR         where the cluster goes, in a new directory that is removed again (TMPDIR, or else /tmp);
#                      a benchmark wants a real disk here
#   --set NAME=VALUE   a server setting, as in --set synchronous_commit=off; may be repeated, the last one counts
#   --keep-log FILE    copy the server's log there at the end
#
# The command finds TEST_POSTGRES_URL=postgresql://... in its environment: 127.0.0.1, a free port, a superuser with a
# random password (SCRAM-SHA-256), max_connections=200, everything else as PostgreSQL has it, fsync included. It gets
# this program's standard input, and its exit status becomes this program's. Besides that: 64 wrong usage,
# 69 no PostgreSQL here, 70 the server did not start (its log is shown).
#
# Takes the newest server below /usr/lib/postgresql, otherwise the one in PATH. Started by root, the server runs as the
# user "postgres", or else "nobody".
set -euo pipefail

usage() { sed -n '2,18s/^# \{0,1\}//p' "$0"; }
fail() { echo "with-postgres: ${*:2}" >&2; exit "$1"; }
wrong_usage() { echo "with-postgres: $*" >&2; usage >&2; exit 64; }

place=${TMPDIR:-/tmp} kept_log='' settings=()
while (($# > 0)); do
    case "$1" in
        --data)
            [[ -d ${2:-} ]] || wrong_usage "$1 takes a directory"
            place=$2
            shift ;;
        --set)
            [[ ${2:-} =~ ^[a-z_.]+= ]] || wrong_usage "$1 takes NAME=VALUE"
            settings+=("$2")
            shift ;;
        --keep-log)
            [[ -n ${2:-} ]] || wrong_usage "$1 takes a file"
            kept_log=$2
            shift ;;
        -h | --help) usage; exit 0 ;;
        --) shift; break ;;
        -*) wrong_usage "unknown option: $1" ;;
        *) break ;;
    esac
    shift
done
(($# > 0)) || wrong_usage "no command"

# programs: the directory of the newest server here.
programs() {
    local found
    found=$(find /usr/lib/postgresql/*/bin -name pg_ctl 2>/dev/null | sort -V | tail -n 1)
    found=${found:-$(command -v pg_ctl || true)}
    [[ -n $found && -x ${found%/*}/initdb ]] && echo "${found%/*}"
}
bin=$(programs) || fail 69 "no PostgreSQL server here: install Debian's 'postgresql' (scripts/install-dependencies.sh --test)"

# The server refuses to run as root.
as_server=()
if ((EUID == 0)); then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    as_server=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups --)
fi

# server COMMAND...: runs it as the server's user, inside the cluster's directory and without the caller's PGDATA,
# PGOPTIONS and so on.
server() (
    for name in "${!PG@}"; do unset "$name"; done
    cd "$cluster"
    exec ${as_server[@]+"${as_server[@]}"} "$@"
)

# remove: stops whatever is left of the server, and removes its directory.
remove() {
    # "immediate" ends stopped processes too, and nobody needs the data any more.
    server "$bin/pg_ctl" stop --pgdata data --mode immediate --timeout 30 >/dev/null 2>&1 || true
    local link process
    for link in /proc/[0-9]*/cwd; do
        # A command that kills the server's parent may leave its children. All of them work in the data directory.
        [[ $(readlink "$link" 2>/dev/null) == "$cluster"/* ]] || continue
        process=${link#/proc/}
        kill -KILL "${process%/cwd}" 2>/dev/null || true
    done
    if [[ -n $kept_log && -e $cluster/log ]]; then cp "$cluster/log" "$kept_log" || true; fi
    rm -rf "$cluster"
}

# Nothing may interrupt the keeper: it removes the cluster when the other end of its pipe closes, which even kill -9 of
# this program does.
trap '' INT TERM HUP QUIT
place=$(cd "$place" && pwd)
cluster=$(mktemp -d "$place/grading-monitor-postgres.XXXXXX")
exec {pipe}> >(exec >/dev/null; cat; remove)
keeper=$! command_process=

# ended SECONDS: whether the command ends within this time.
ended() {
    local deadline=$((SECONDS + $1))
    while kill -0 "$command_process" 2>/dev/null; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

# stop SIGNAL: ends the command, with kill -9 if nothing else helps, and exits.
stop() {
    trap '' INT TERM HUP QUIT
    if [[ -n $command_process ]]; then
        # Ctrl-C has reached the command too, and a second signal would interrupt its cleaning up.
        if [[ $1 != INT ]] || ! ended 3; then kill -TERM "$command_process" 2>/dev/null || true; fi
        ended 10 || kill -KILL "$command_process" 2>/dev/null || true
    fi
    exit $((128 + $(kill -l "$1")))
}

# finish: returns when the cluster is gone.
finish() {
    trap '' INT TERM HUP QUIT
    exec {pipe}>&-
    wait "$keeper" || true
}
trap finish EXIT
trap 'stop INT' INT
trap 'stop TERM' TERM
trap 'stop HUP' HUP
trap 'stop QUIT' QUIT

if ((EUID == 0)); then chown "$user:" "$cluster"; fi
server touch log 2>/dev/null || fail 70 "${user:-this user} cannot write below $place (choose another place: --data DIR)"

password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
server sh -c 'umask 077 && cat >password' <<<"$password"
server "$bin/initdb" --pgdata data --username postgres --pwfile password --auth scram-sha-256 \
    --encoding UTF8 --locale C --no-sync >>"$cluster/log" 2>&1 || { cat "$cluster/log" >&2; fail 70 "initdb failed"; }
rm "$cluster/password"

# configure NAME=VALUE...: the last line about a name counts.
configure() {
    local setting value
    for setting in "$@"; do
        value=${setting#*=} value=${value//\\/\\\\}
        echo "${setting%%=*} = '${value//\'/\'\'}'"
    done >>"$cluster/data/postgresql.conf"
}

# A socket's path has at most 107 bytes; a cluster with a longer one is reached by TCP only.
sockets=$cluster
if ((${#cluster} > 85)); then sockets=; fi
configure listen_addresses=127.0.0.1 "unix_socket_directories=$sockets" max_connections=200 ${settings[@]+"${settings[@]}"}

# The server itself finds out whether a port is free: nobody can take it in between.
for attempt in {1..20}; do
    port=$((20000 + RANDOM % 12000))
    configure "port=$port"
    server truncate --size 0 log
    if server "$bin/pg_ctl" start --pgdata data --wait --timeout 60 --log log {pipe}>&- >/dev/null 2>&1; then break; fi
    if ((attempt == 20)) || ! grep -q 'Address already in use' "$cluster/log"; then
        cat "$cluster/log" >&2
        fail 70 "the server did not start"
    fi
done

export TEST_POSTGRES_URL="postgresql://postgres:$password@127.0.0.1:$port/postgres"
# In the background, so that a signal to this program does not have to wait for the command's end. The shell would take
# standard input and the interrupts away from it.
env --default-signal=INT,QUIT "$@" <&0 {pipe}>&- &
command_process=$!
wait "$command_process"
