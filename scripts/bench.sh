#!/usr/bin/env bash
# Measures how many signed 2 KB callbacks the monitor commits per second on SQLite (synchronous=FULL): group commit against
# one transaction for each callback, in the same run.
#
#   scripts/bench.sh [--rounds 3] [--connections 1,32,128] [--duration 8] [--warmup 2] [--data DIR] [--bin DIR]
#
#   --rounds N           rounds; in each, every setting runs once on a fresh database, and medians count (3)
#   --connections LIST   connections of the load generator, each with one request outstanding (1,32,128)
#   --duration S         measured seconds of one run (8), after --warmup S (2)
#   --data DIR           where the databases go: a directory on a real disk (/var/tmp)
#   --bin DIR            measure these programs instead of building (a debug build tells nothing)
#
# Prints a table and writes Benchmarks/results-sqlite.json. After each run the database is compared with the answers:
# every 2xx is one COMPLETED student. Exit status 1 if an answer was not 2xx or a row is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() { sed -n '2,14s/^# \{0,1\}//p' scripts/bench.sh; }

bin=
options=()
while (($# > 0)); do
    case "$1" in
        -h | --help) usage; exit 0 ;;
        --rounds | --duration | --warmup)
            [[ ${2:-} =~ ^[0-9]+$ ]] || { echo "bench: $1 takes a whole number" >&2; exit 64; }
            options+=("$1" "$2")
            shift ;;
        --connections)
            [[ ${2:-} =~ ^[1-9][0-9]*(,[1-9][0-9]*)*$ ]] || { echo "bench: $1 takes numbers, as in 1,32" >&2; exit 64; }
            options+=("$1" "$2")
            shift ;;
        --data | --bin)
            [[ -d ${2:-} ]] || { echo "bench: $1 takes a directory" >&2; exit 64; }
            if [[ $1 == --bin ]]; then bin=$2; else options+=("$1" "$2"); fi
            shift ;;
        *) echo "bench: unknown option: $1" >&2; usage >&2; exit 64 ;;
    esac
    shift
done

if [[ -z $bin ]]; then
    scripts/install-dependencies.sh
    echo "Building for release (the first time takes about ten minutes) ..."
    swift build -c release --product grading-monitor
    swift build -c release --product callback-load
    bin=$(swift build -c release --show-bin-path)
fi

PYTHONDONTWRITEBYTECODE=1 exec python3 Benchmarks/bench.py --bin "$bin" ${options[@]+"${options[@]}"}
