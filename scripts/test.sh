#!/usr/bin/env bash
# Every check of the project, in the order in which they are cheap: lint, house, build, unit tests, end-to-end programs.
#
#   scripts/test.sh [--kills N]
#
#   --kills N   rounds of the kill -9 program (5; 50 for the full measure)
#
# A step that fails does not stop the ones that do not need it. Ends with a summary; exit status 0 if all passed.
#
# What needs PostgreSQL runs on servers that these programs start themselves (scripts/with-postgres.sh). Where that is not
# wanted, SKIP_POSTGRES_TESTS=1 leaves it out and the summary says so; the continuous integration (CI set) never does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() { sed -n '2,11s/^# \{0,1\}//p' scripts/test.sh; }

kills=5
while (($# > 0)); do
    case "$1" in
        --kills)
            [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { echo "test: --kills takes a whole number" >&2; exit 64; }
            kills=$2
            shift ;;
        -h | --help) usage; exit 0 ;;
        *) echo "test: unknown option: $1" >&2; usage >&2; exit 64 ;;
    esac
    shift
done

summary=()
failed=0
failures=()
output=$(mktemp)
trap 'rm -f "$output"' EXIT

# telling FILE: what a failed step said, in short: its first lines that name something wrong, and its last ones.
telling() {
    awk '
        { line[NR] = substr($0, 1, 300) }
        END {
            last = NR > 8 ? NR - 8 : 0
            for (n = 1; n <= last; n++)
                if (line[n] ~ /✘|WRONG|[Ee]rror:|^FAIL|Traceback/ && ++told <= 16) print "    " line[n]
            if (last > 0) print "    …"
            for (n = last + 1; n <= NR; n++) print "    " line[n]
        }' "$1"
}

# step NAME COMMAND...: runs it, remembers how it ended and how long it took, and of a failure what it said.
step() {
    local name=$1 began=$SECONDS verdict=passed
    shift
    echo
    echo "==> $name"
    "$@" 2>&1 | tee "$output" || verdict=FAILED
    if [[ $verdict == FAILED ]]; then
        failed=$((failed + 1))
        failures+=("$name"$'\n'"$(telling "$output")")
    fi
    summary+=("$(printf '%-8s %5d s  %s' "$verdict" "$((SECONDS - began))" "$name")")
    [[ $verdict == passed ]]
}

# not_run NAME REASON
not_run() { summary+=("$(printf '%-8s %7s  %s (%s)' "not run" "" "$1" "$2")"); }

# skip NAME REASON: a step that cannot run counts as failed.
skip() {
    failed=$((failed + 1))
    not_run "$@"
}

with_postgres=yes
if [[ ${SKIP_POSTGRES_TESTS:-} == 1 && -z ${CI:-} ]]; then with_postgres=no; fi

# postgres_step NAME COMMAND...: a step that needs PostgreSQL.
postgres_step() {
    if [[ $with_postgres == yes ]]; then
        step "$@"
    else
        not_run "$1" "SKIP_POSTGRES_TESTS=1"
    fi
}

lint_swift() {
    swift format lint --strict --parallel --recursive Sources Tests Benchmarks Package.swift
}

lint_shell() {
    local scripts
    mapfile -t scripts < <(find scripts Tests .ci -type f \( -name '*.sh' -o -path .ci/run \) | LC_ALL=C sort)
    shellcheck "${scripts[@]}"
}

lint_python() {
    # Syntax only, without leaving compiled files behind.
    find scripts Tests Benchmarks -name '*.py' -print0 |
        xargs -0 -r python3 -c 'import ast, sys; [ast.parse(open(path, "rb").read(), path) for path in sys.argv[1:]]'
}

build() {
    swift build --build-tests --explicit-target-dependency-import-check error
}

# All tests of the package on both databases. That the half for PostgreSQL ran is seen, not believed: a suite that was
# switched off passes too.
unit_tests() {
    local seen status=0
    if [[ $with_postgres == no ]]; then
        swift test --skip-build
        return
    fi
    seen=$(mktemp)
    scripts/with-postgres.sh swift test --skip-build 2>&1 | tee "$seen" || status=$?
    if ! grep -q 'Suite "PostgreSQL keeps the rules of every store" passed' "$seen"; then
        echo "test: the tests on PostgreSQL did not run to a good end" >&2
        status=1
    fi
    rm -f "$seen"
    return "$status"
}

# end_to_end NAME ARGUMENT...: one of the programs in Tests/EndToEnd.
end_to_end() { PYTHONDONTWRITEBYTECODE=1 python3 "Tests/EndToEnd/$1.py" "${@:2}"; }

# Libraries from PyPI live in an environment of their own: in_venv REQUIREMENTS PROGRAM ARGUMENT...
in_venv() {
    local venv=.build/venv requirements=$1
    shift
    if [[ ! -x $venv/bin/pip ]]; then python3 -m venv "$venv"; fi
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
    PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" "$@"
}

# The libraries that sign for the interoperability check.
interop() { in_venv Tests/Interop/requirements.txt Tests/EndToEnd/interop.py --python "$PWD/.build/venv/bin/python"; }

# The sender that docs/migration.md shows uses one of them too.
documented_sender() {
    in_venv Tests/Interop/requirements.txt Tests/EndToEnd/documented_sender.py --python "$PWD/.build/venv/bin/python"
}

# What the ledger tells of callbacks that one of them has signed.
deliveries() { in_venv Tests/Interop/requirements.txt Tests/EndToEnd/deliveries.py; }

# The web app's databases, read back with a client of PostgreSQL that is not ours.
# On PostgreSQL as well, where there is one.
drill() {
    if [[ $with_postgres == yes ]]; then
        PYTHONDONTWRITEBYTECODE=1 scripts/with-postgres.sh python3 Tests/EndToEnd/drill.py
    else
        end_to_end drill
    fi
}
adoption() { in_venv Tests/Adoption/requirements.txt Tests/EndToEnd/adoption.py "$@"; }

scripts/install-dependencies.sh --test

step "format (swift format lint)" lint_swift || true
step "shell scripts (shellcheck)" lint_shell || true
step "Python programs (syntax)" lint_python || true
step "rules of the house" scripts/check-house.sh || true
step "the house check itself" Tests/EndToEnd/check_house_test.sh || true
step "the cron script" end_to_end check_task_status_test || true
postgres_step "the script that lends a PostgreSQL" end_to_end with_postgres_test || true

if step "build" build; then
    step "unit and HTTP tests (swift test)" unit_tests || true
    step "the same seeds in two processes" Tests/EndToEnd/replay_seeds.sh || true
    step "foreign signatures (interop)" interop || true
    step "the sender that the documents show" documented_sender || true
    step "the delivery ledger" deliveries || true
    if [[ $with_postgres == yes ]]; then
        step "the web app's databases, adopted" adoption || true
    else
        step "the web app's databases on SQLite, adopted" adoption --sqlite-only || true
    fi
    step "the old cron line and the cron script" end_to_end cron_line || true
    step "kill -9 under load, $kills rounds" end_to_end kill_nine --rounds "$kills" || true
    step "lost callbacks, an outage, a poison task" end_to_end reconciler || true
    step "the drill" drill || true
    postgres_step "three monitors on one PostgreSQL" end_to_end several_instances --short || true
    postgres_step "PostgreSQL cuts, stops and restarts" end_to_end database_faults --short || true
    postgres_step "two monitors behind pgbouncer" end_to_end pgbouncer --short || true
    # Tests/EndToEnd/failover.py is run by hand too, until a run of it that was red without a known reason is explained.
    # Its exit status says whether all was right.
    step "the demonstration" scripts/demo.sh --once || true
    postgres_step "the demonstration on PostgreSQL" scripts/demo.sh --once --postgres --instances 3 || true
else
    skip "all that needs the program" "no build"
fi

echo
echo "==> Summary ($SECONDS s)"
printf '%s\n' "${summary[@]}"
if ((failed > 0)); then
    # Once more, since a log of all this is long and may be cut.
    printf '\n==> Failed: %s\n' "${failures[@]}"
    echo
    echo "$failed failed"
    exit 1
fi
if [[ $with_postgres == no ]]; then
    echo "All passed, but nothing on PostgreSQL."
    exit 0
fi
echo "All passed."
