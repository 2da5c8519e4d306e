#!/usr/bin/env bash
# Every check of the project, in the order in which they are cheap: lint, house, build, unit tests, end-to-end programs.
#
#   scripts/test.sh [--kills N]
#
#   --kills N   rounds of the kill -9 program (5; 50 for the full measure)
#
# A step that fails does not stop the ones that do not need it. Ends with a summary; exit status 0 if all passed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() { sed -n '2,8s/^# \{0,1\}//p' scripts/test.sh; }

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

# step NAME COMMAND...: runs it, remembers how it ended and how long it took.
step() {
    local name=$1 began=$SECONDS verdict=passed
    shift
    echo
    echo "==> $name"
    "$@" || verdict=FAILED
    [[ $verdict == passed ]] || failed=$((failed + 1))
    summary+=("$(printf '%-8s %5d s  %s' "$verdict" "$((SECONDS - began))" "$name")")
    [[ $verdict == passed ]]
}

# skip NAME REASON: a step that cannot run counts as failed.
skip() {
    failed=$((failed + 1))
    summary+=("$(printf '%-8s %7s  %s (%s)' "not run" "" "$1" "$2")")
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

# The libraries that sign for the interoperability check live in an environment of their own.
interop() {
    local venv=.build/venv requirements=Tests/Interop/requirements.txt
    if [[ ! -x $venv/bin/pip ]]; then python3 -m venv "$venv"; fi
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
    PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" Tests/EndToEnd/interop.py --python "$venv/bin/python"
}

kill_nine() { PYTHONDONTWRITEBYTECODE=1 python3 Tests/EndToEnd/kill_nine.py --rounds "$kills"; }

# The demonstration prints its last line as JSON; its exit status says whether all was right.
demo() { scripts/demo.sh --once; }

scripts/install-dependencies.sh --test

step "format (swift format lint)" lint_swift || true
step "shell scripts (shellcheck)" lint_shell || true
step "Python programs (syntax)" lint_python || true
step "rules of the house" scripts/check-house.sh || true
step "the house check itself" Tests/EndToEnd/check_house_test.sh || true
step "the cron script" Tests/EndToEnd/check_task_status_test.py || true

if step "build" build; then
    step "unit and HTTP tests (swift test)" swift test --skip-build || true
    step "foreign signatures (interop)" interop || true
    step "kill -9 under load, $kills rounds" kill_nine || true
    step "the demonstration" demo || true
else
    for name in "unit and HTTP tests" "foreign signatures" "kill -9 under load" "the demonstration"; do
        skip "$name" "no build"
    done
fi

echo
echo "==> Summary ($SECONDS s)"
printf '%s\n' "${summary[@]}"
if ((failed > 0)); then
    echo "$failed failed"
    exit 1
fi
echo "All passed."
