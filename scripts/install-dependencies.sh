#!/usr/bin/env bash
# Installs what grading-monitor needs from Debian, and skips what is there already.
#
#   scripts/install-dependencies.sh               what building and running need
#   scripts/install-dependencies.sh --postgres    and a PostgreSQL server for scripts/with-postgres.sh
#   scripts/install-dependencies.sh --test        and what the checks need, that server among it
#   scripts/install-dependencies.sh --bench       and what the benchmark's peers need, that server among it
#
# The Swift toolchain is not in Debian: this script only says that it is missing. No service that comes with a package is
# started, and no database cluster is made.
set -euo pipefail

usage() { sed -n '2,10s/^# \{0,1\}//p' "$0"; }

want_tests=no want_postgres=no want_bench=no
for argument in "$@"; do
    case "$argument" in
        --test) want_tests=yes want_postgres=yes ;;
        --postgres) want_postgres=yes ;;
        --bench) want_bench=yes want_postgres=yes ;;
        -h | --help) usage; exit 0 ;;
        *) echo "install-dependencies: unknown option: $argument" >&2; exit 64 ;;
    esac
done

missing=()

# need_command COMMAND PACKAGE: the package is wanted when the command is not there.
need_command() {
    command -v "$1" >/dev/null || missing+=("$2")
}

# need_file PACKAGE FILE...: the package is wanted when none of the files is there.
need_file() {
    local package=$1 file
    shift
    for file in "$@"; do
        [[ -e $file ]] && return
    done
    missing+=("$package")
}

if [[ $(uname) == Linux ]]; then
    # The compiler finds SQLite through this header; Apple's SDK brings its own.
    need_file libsqlite3-dev /usr/include/sqlite3.h /usr/local/include/sqlite3.h
    # ... and libpq through pkg-config.
    need_command pkg-config pkg-config
    pkg-config --exists libpq 2>/dev/null || missing+=(libpq-dev)
fi
need_command python3 python3
need_command curl curl
need_command flock util-linux
if [[ $want_postgres == yes ]]; then
    # Debian keeps the server's programs out of PATH, and those of /usr/sbin are in root's only.
    command -v initdb >/dev/null || need_file postgresql /usr/lib/postgresql/*/bin/initdb
fi
if [[ $want_tests == yes ]]; then
    command -v pgbouncer >/dev/null || need_file pgbouncer /usr/sbin/pgbouncer
    need_command shellcheck shellcheck
    need_command ps procps
    # Debian splits the part of venv that brings pip into a package of its own.
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
fi

if [[ $want_bench == yes ]]; then
    need_command go golang-go
    need_file golang-github-lib-pq-dev /usr/share/gocode/src/github.com/lib/pq/conn.go
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
fi

if ! command -v swift >/dev/null; then
    echo "install-dependencies: no 'swift' in PATH: install Swift 6.3 or later from https://www.swift.org/install" >&2
    exit 69
fi

if ((${#missing[@]} == 0)); then
    exit 0
fi

as_root=()
if ((EUID != 0)); then
    as_root=(sudo)
fi
if ! command -v apt-get >/dev/null || ! command -v "${as_root[0]:-true}" >/dev/null; then
    echo "install-dependencies: please install these (by their Debian names), then run this again: ${missing[*]}" >&2
    exit 69
fi

# Debian asks the first file whether a service may start, and the second whether a new PostgreSQL gets a cluster.
readonly policy=/usr/sbin/policy-rc.d cluster_policy=/etc/postgresql-common/createcluster.d/grading-monitor.conf
ours=()
restore_policies() { if ((${#ours[@]} > 0)); then "${as_root[@]}" rm -f "${ours[@]}"; fi; }
trap restore_policies EXIT

# place FILE TEXT: writes a file that is removed at the end.
place() {
    ours+=("$1")
    "${as_root[@]}" mkdir -p "${1%/*}"
    "${as_root[@]}" tee "$1" >/dev/null <<<"$2"
}

echo "Installing from Debian: ${missing[*]}"
if [[ " ${missing[*]} " == *" postgresql "* ]]; then place "$cluster_policy" "create_main_cluster = false"; fi
if [[ ! -e $policy ]]; then
    # 101: not allowed. Where somebody has made a policy already, it stays.
    place "$policy" $'#!/bin/sh\nexit 101'
    "${as_root[@]}" chmod 755 "$policy"
fi
# A stale list still finds most packages, so only the installation itself decides.
"${as_root[@]}" apt-get update -qq || true
if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; then
    echo "install-dependencies: apt-get could not install: ${missing[*]}" >&2
    exit 69
fi
# The policy holds now; this holds after a restart of the machine too. PostgreSQL without a cluster starts nothing.
if [[ " ${missing[*]} " == *" pgbouncer "* ]] && command -v systemctl >/dev/null; then
    "${as_root[@]}" systemctl disable --now --quiet pgbouncer 2>/dev/null || true
fi
