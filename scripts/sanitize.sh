#!/usr/bin/env bash
# Runs the tests of the stores and the commit queue under ThreadSanitizer and AddressSanitizer. By hand: it takes long.
#
#   scripts/sanitize.sh [thread|address]...   both, if none is named
#
#   thread    data races: GradingCoreTests (commit queue, change feed, rate limits), SQLiteStoreTests, PostgresStoreTests
#   address   memory errors and leaks: PostgresStoreTests (the wrapper of libpq), SQLiteStoreTests
#
# Builds only what these tests need, in folders of their own: .build-thread and .build-address. PostgreSQL runs on a server
# that scripts/with-postgres.sh starts. Fails if a sanitizer reported anything, and if a test failed, was skipped or did not
# run. Exit status: 0 all well, 1 something was found, 64 wrong usage, 69 no clang here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() { sed -n '2,11s/^# \{0,1\}//p' scripts/sanitize.sh; }

sanitizers=()
while (($# > 0)); do
    case "$1" in
        thread | address) sanitizers+=("$1") ;;
        -h | --help) usage; exit 0 ;;
        *) echo "sanitize: neither thread nor address: $1" >&2; usage >&2; exit 64 ;;
    esac
    shift
done
if ((${#sanitizers[@]} == 0)); then sanitizers=(thread address); fi

# make_package FOLDER: this package without the targets that no test here needs; HTTP and its dependencies are most of a build.
make_package() {
    mkdir -p "$1/package"
    ln -sfn ../../Sources "$1/package/Sources"
    ln -sfn ../../Tests "$1/package/Tests"
    if [[ -e Package.resolved ]]; then cp Package.resolved "$1/package/"; fi
    cat Package.swift - >"$1/package/Package.swift" <<'MANIFEST'

let examined: Set = [
    "CPostgres", "GradingCore", "PostgresStore", "SQLiteStore", "StoreConformance", "TestSupport",
    "GradingCoreTests", "PostgresStoreTests", "SQLiteStoreTests",
]
package.targets.removeAll { !examined.contains($0.name) }
package.products = []
MANIFEST
}

# build SANITIZER
build() {
    make_package ".build-$1"
    swift build --build-tests --sanitize="$1" --package-path ".build-$1/package" --scratch-path ".build-$1"
    if [[ $1 == thread ]]; then
        "$clang" -shared -fPIC -O1 -Wall -Wextra -Werror -o .build-thread/mutex.so scripts/sanitize/mutex.c
    fi
}

# environment SANITIZER: settings for the programs under test, one a line.
environment() {
    case "$1" in
        thread)
            echo "LD_PRELOAD=$PWD/.build-thread/mutex.so"
            echo "TSAN_OPTIONS=halt_on_error=0:exitcode=66" ;;
        address)
            # Not with fast_unwind_on_malloc=0, though it shows more callers: so slow that the stores' deadlines pass.
            echo "ASAN_OPTIONS=detect_leaks=1:exitcode=66" ;;
    esac
}

# check SANITIZER TARGET: runs one target's tests. Neither the exit status nor the count of tests is believed alone: a suite that
# was switched off passes too.
check() {
    local output=".build-$1/$2.log" status=0 settings=()
    mapfile -t settings < <(environment "$1")
    echo "==> $2 under the $1 sanitizer"
    # Without XCTest, which has no tests here and leaks.
    scripts/with-postgres.sh env "${settings[@]}" swift test --skip-build --disable-xctest --sanitize="$1" \
        --package-path ".build-$1/package" --scratch-path ".build-$1" --filter "^$2\\." >"$output" 2>&1 || status=$?
    if grep -q 'Sanitizer' "$output"; then complain "a report of the sanitizer"; fi
    if grep -q '^➜.* skipped' "$output"; then complain "tests were skipped"; fi
    if ! grep -Eq 'Test run with [1-9][0-9]* tests? in [1-9][0-9]* suites? passed' "$output"; then
        complain "the tests did not run to a good end"
    fi
    if ((status != 0)); then complain "exit status $status"; fi
    grep 'Test run with' "$output" || true
}

# complain WORDS: about the target that was just run. Shows its output once.
complain() {
    if [[ ${shown:-} != "$output" ]]; then cat "$output"; fi
    shown=$output failed=$((failed + 1))
    echo "sanitize: $output: $*" >&2
}

scripts/install-dependencies.sh --test

# Only the clang of the Swift toolchain is sure to know Swift's calling convention.
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
if [[ ! -x $clang ]]; then clang=$(command -v clang) || { echo "sanitize: no clang here" >&2; exit 69; }; fi

failed=0 shown=''
for sanitizer in "${sanitizers[@]}"; do
    build "$sanitizer"
    targets=(SQLiteStoreTests PostgresStoreTests)
    if [[ $sanitizer == thread ]]; then targets=(GradingCoreTests "${targets[@]}"); fi
    for target in "${targets[@]}"; do check "$sanitizer" "$target"; done
done

if ((failed > 0)); then
    echo "sanitize: $failed complaints" >&2
    exit 1
fi
echo "No report."
