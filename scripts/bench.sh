#!/usr/bin/env bash
# Measures how many signed 2 KB callbacks the monitor commits per second.
#
#   scripts/bench.sh [--engine postgres]   against pgbench, Go and FastAPI on a PostgreSQL of its own
#   scripts/bench.sh --engine sqlite       on SQLite (synchronous=FULL): group commit against one transaction each
#   scripts/bench.sh --engine sweep        how close a sweep comes to what its limits allow: 10,000 overdue tasks, 8 questions
#                                          in flight, a grading server that takes 50 ms; of the options --rounds, --data, --bin
#
#   --rounds N           rounds; in each, every setting runs once on a fresh database, and medians count (5; others: 3)
#   --connections LIST   connections of the load generator, each with one request outstanding (1,32,128)
#   --duration S         measured seconds of one run (8), after --warmup S (2)
#   --data DIR           where the databases go: a directory on a real disk (/var/tmp)
#   --bin DIR            measure these programs instead of building (a debug build tells nothing)
#   --results FILE       where the figures go (Benchmarks/results.json; SQLite: Benchmarks/results-sqlite.json)
#
# PostgreSQL only, for comparing:
#   --only LIST          of ours,pgbench,go,fastapi
#   --shapes LIST        of many (200 sessions) and one (one session with every task)
#   --pgbench-clients LIST   clients of pgbench, of which the best counts (1,8,16,32,64)
#   --server-env K=V     a setting of our server; may be repeated
#   --variant NAME[@DIR][:K=V,...]   one more of ours, with the programs in DIR, with other settings; may be repeated
#   --large STUDENTS     ours once more, as "large", on a database in which so many students have ended, each with ten log
#                        rows; a million takes 5 GB and some minutes to make
#   --set NAME=VALUE     a setting of PostgreSQL, as in --set synchronous_commit=off; may be repeated
#
# Prints a table. After each run the database is compared with the answers: every 2xx is one COMPLETED student, one log
# row, one delivery, one task and one change. Exit status 1 if an answer was not 2xx or a row is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() { sed -n '2,29s/^# \{0,1\}//p' scripts/bench.sh; }
wrong_usage() { echo "bench: $*" >&2; exit 64; }

engine=postgres bin='' data=/var/tmp only=ours,pgbench,go,fastapi options=()
# Enough memory that the tables stay in it, and room enough for WAL that no checkpoint falls into one contender's run and not
# into another's: they come between the runs. All that durability depends on is as PostgreSQL has it.
cluster=(--set shared_buffers=1GB --set max_wal_size=4GB)
while (($# > 0)); do
    case "$1" in
        -h | --help) usage; exit 0 ;;
        --engine)
            [[ ${2:-} =~ ^(postgres|sqlite|sweep)$ ]] || wrong_usage "$1 takes postgres, sqlite or sweep"
            engine=$2 ;;
        --rounds | --duration | --warmup | --large)
            [[ ${2:-} =~ ^[0-9]+$ ]] || wrong_usage "$1 takes a whole number"
            options+=("$1" "$2") ;;
        --connections | --pgbench-clients)
            [[ ${2:-} =~ ^[1-9][0-9]*(,[1-9][0-9]*)*$ ]] || wrong_usage "$1 takes numbers, as in 1,32"
            options+=("$1" "$2") ;;
        --data | --bin)
            [[ -d ${2:-} ]] || wrong_usage "$1 takes a directory"
            if [[ $1 == --bin ]]; then bin=$2; else data=$2; fi ;;
        --only | --shapes | --server-env | --variant | --results)
            [[ -n ${2:-} ]] || wrong_usage "$1 takes a value"
            if [[ $1 == --only ]]; then only=$2; fi
            options+=("$1" "$2") ;;
        --set)
            [[ ${2:-} == *=* ]] || wrong_usage "$1 takes NAME=VALUE"
            cluster+=(--set "$2") ;;
        *) echo "bench: unknown option: $1" >&2; usage >&2; exit 64 ;;
    esac
    shift 2
done

# go_peer: Debian's lib/pq, which lies in a GOPATH and is no module.
go_peer() {
    (cd Benchmarks/Peers/go && GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$peers/go-cache" \
        go build -o "$peers/go-callbacks" .)
}

fastapi_peer() {
    [[ -x $peers/venv/bin/pip ]] || python3 -m venv "$peers/venv"
    "$peers/venv/bin/pip" install --quiet --disable-pip-version-check --requirement Benchmarks/Peers/fastapi/requirements.txt
}

if [[ $engine == postgres ]]; then scripts/install-dependencies.sh --bench; else scripts/install-dependencies.sh; fi

if [[ -z $bin ]]; then
    echo "Building for release (the first time takes about ten minutes) ..."
    build=(swift build -c release --static-swift-stdlib)
    "${build[@]}" --product grading-monitor
    if [[ $engine != sweep ]]; then "${build[@]}" --product callback-load; fi
    bin=$(swift build -c release --show-bin-path)
fi

export PYTHONDONTWRITEBYTECODE=1
if [[ $engine == sweep ]]; then
    exec python3 Benchmarks/sweep.py --bin "$bin" --data "$data" ${options[@]+"${options[@]}"}
fi
bench=(python3 Benchmarks/bench.py --engine "$engine" --bin "$bin" --data "$data" ${options[@]+"${options[@]}"})
if [[ $engine == sqlite ]]; then exec "${bench[@]}"; fi

peers=$PWD/.build/peers
mkdir -p "$peers"
if [[ $only == *go* ]]; then go_peer; fi
if [[ $only == *fastapi* ]]; then fastapi_peer; fi
exec scripts/with-postgres.sh --data "$data" "${cluster[@]}" -- "${bench[@]}" --peers "$peers"
