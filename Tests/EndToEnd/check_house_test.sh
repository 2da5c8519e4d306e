#!/usr/bin/env bash
# Shows that scripts/check-house.sh sees what it is there to see: a doctored copy of the sources for each rule.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# copy: a fresh copy of the sources in $work/copy.
copy() {
    rm -rf "$work/copy"
    mkdir "$work/copy"
    cp -R Sources Tests Benchmarks Package.swift scripts "$work/copy"
}

# verdict NAME STATUS PATTERN: checks the copy; expects this exit status and a line that matches.
verdict() {
    local status=0
    scripts/check-house.sh "$work/copy" >"$work/output" 2>&1 || status=$?
    if ((status == $2)) && grep -q -E -- "$3" "$work/output"; then
        echo "ok    $1"
    else
        echo "FAIL  $1 (status $status)"
        sed 's/^/      /' "$work/output"
        failures=$((failures + 1))
    fi
}

# expect_fault NAME PATTERN FILE TEXT: adds the text to a new file of the copy and expects a fault.
expect_fault() {
    copy
    printf '%b\n' "$4" >"$work/copy/Sources/$3"
    verdict "$1" 1 "FAULT  Sources/$3:[0-9]+: .*$2"
}

# expect_clean NAME FILE TEXT: adds the text and expects no fault.
expect_clean() {
    copy
    printf '%b\n' "$3" >"$work/copy/Sources/$2"
    verdict "$1" 0 ' 0 faults'
}

copy
verdict "the sources as they are" 0 ' 0 faults'

expect_fault "HTTP in the core" 'may not import NIOHTTP1' GradingCore/X.swift 'import NIOHTTP1'
expect_fault "SQL in the core" 'may not import GRDB' GradingCore/X.swift 'package import GRDB'
expect_fault "Foundation in the core" 'may not import Foundation' GradingCore/X.swift 'import struct Foundation.URL'
expect_fault "an import behind attributes" 'may not import GRDB' GradingCore/X.swift '@preconcurrency @_spi(X) import GRDB'
expect_fault "an import after another on its line" 'may not import GRDB' GradingCore/X.swift 'import Logging; import GRDB'
expect_fault "an indented import" 'may not import GRDB' GradingCore/X.swift '#if true\n    internal import GRDB\n#endif'
expect_fault "a sibling" 'may not import SQLiteStore' MonitorAPI/X.swift 'import SQLiteStore'
expect_clean "what the core may import" GradingCore/X.swift 'package import Logging\nimport Crypto\n// import GRDB'

expect_fault "try!" 'try!' MonitorAPI/X.swift 'let x = try! f()'
expect_fault "as!" 'as!' MonitorAPI/X.swift 'let x = y as! Int'
expect_fault "a forced unwrap" 'forced unwrap' MonitorAPI/X.swift 'let x = y.first!.z'
expect_fault "nonisolated(unsafe)" 'nonisolated\(unsafe\)' MonitorAPI/X.swift 'nonisolated(unsafe) var x = 1'
expect_fault "@unchecked Sendable with no reason" 'unchecked' MonitorAPI/X.swift 'final class X: @unchecked Sendable {}'
expect_clean "@unchecked Sendable with a reason" MonitorAPI/X.swift \
    '// The lock guards it.\nfinal class X: @unchecked Sendable {}'
expect_clean "such words in strings and comments" MonitorAPI/X.swift \
    'let a = "try! x as! y z!"  // try! as!\nlet b = """\n  try! nonisolated(unsafe)\n  """\nlet c = !a != !b\nlet d = a!=b'

copy
{ for ((i = 0; i < 401; i++)); do echo "let x$i = $i"; done; } >"$work/copy/Sources/MonitorAPI/X.swift"
verdict "401 lines with no reason" 1 'FAULT  Sources/MonitorAPI/X.swift: 401 lines'
copy
{ echo "// house: long because it is a table"; for ((i = 0; i < 400; i++)); do echo "let x$i = $i"; done; } \
    >"$work/copy/Sources/MonitorAPI/X.swift"
verdict "401 lines with a reason" 0 'long   Sources/MonitorAPI/X.swift: 401 lines, because it is a table'
copy
{ for ((i = 0; i < 400; i++)); do echo "let x$i = $i"; done; } >"$work/copy/Tests/X.swift"
verdict "400 lines" 0 ' 0 faults'

copy
mkdir "$work/copy/Sources/Stranger"
echo 'import Logging' >"$work/copy/Sources/Stranger/X.swift"
verdict "a target without a list" 1 'FAULT  Stranger: no list'

if ((failures > 0)); then
    echo "check-house: $failures failed"
    exit 1
fi
echo "check-house: all as expected"
