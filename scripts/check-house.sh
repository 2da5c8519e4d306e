#!/usr/bin/env bash
# Checks the rules of the house that the compiler does not: who may import what, how long a file may be, and what may
# not be written in Sources. Prints a table and every fault with its file and line.
#
#   scripts/check-house.sh [DIRECTORY]        the package's root; default: this one
#
# Exit status: 0 all in order, 1 faults found.
set -euo pipefail
root=${1:-$(dirname "${BASH_SOURCE[0]}")/..}
cd "$root"

readonly longest=400

# Modules that every target but GradingCore may import besides its own list: the platform, no engine.
readonly platform="Foundation FoundationEssentials Synchronization Dispatch Glibc Musl Darwin Logging GradingCore"

# allowed TARGET: its modules. Each target knows its own engine; none but the executable knows a sibling.
allowed() {
    case "$1" in
        GradingCore)
            # The domain: no HTTP, no SQL, and no Foundation beyond its essentials.
            echo "Crypto Logging Metrics ServiceLifecycle DequeModule FoundationEssentials Synchronization" ;;
        SQLiteStore)
            echo "$platform GRDB" ;;
        CPostgres)
            echo "" ;;
        PostgresStore)
            echo "$platform CPostgres" ;;
        GradingServer)
            echo "$platform AsyncHTTPClient NIOCore NIOHTTP1 NIOPosix" ;;
        MonitorAPI)
            echo "$platform Crypto Metrics HTTPTypes Hummingbird HummingbirdCore NIOCore NIOHTTP1 NIOHTTPTypes" \
                "NIOHTTPTypesHTTP1 NIOPosix ServiceLifecycle" ;;
        GradingSimulator)
            echo "$platform AsyncHTTPClient HTTPTypes Hummingbird NIOCore NIOHTTP1 ServiceLifecycle" ;;
        GradingMonitor)
            echo "$platform SQLiteStore PostgresStore GradingServer MonitorAPI GradingSimulator ArgumentParser AsyncHTTPClient" \
                "Configuration Metrics NIOCore NIOHTTP1 NIOPosix ServiceLifecycle UnixSignals" ;;
        *) return 1 ;;
    esac
}

faults=0
fault() {
    echo "  FAULT  $*"
    faults=$((faults + 1))
}

# imports FILE...: "file:line module" for each import, whatever attributes, access level and kind stand with it.
imports() {
    awk '
        { line = $0; sub(/\/\/.*/, "", line); count = split(line, parts, ";") }
        {
            for (i = 1; i <= count; i++) {
                part = parts[i]
                while (sub(/^[ \t]*@[A-Za-z_]+(\([^)]*\))?[ \t]*/, "", part)) {}
                sub(/^[ \t]*(public|package|internal|fileprivate|private)[ \t]+/, "", part)
                if (part !~ /^[ \t]*import[ \t]+[A-Za-z_]/) continue
                sub(/^[ \t]*import[ \t]+/, "", part)
                sub(/^(struct|class|enum|protocol|typealias|func|let|var|actor)[ \t]+/, "", part)
                sub(/[^A-Za-z0-9_].*/, "", part)
                print FILENAME ":" FNR, part
            }
        }' "$@"
}

# forbidden FILE...: "file:line what" for what may not stand in Sources; strings and comments do not count.
forbidden() {
    awk '
        FNR == 1 { inString = 0; inComment = 0; commentBefore = 0 }
        {
            line = $0
            # Texts over several lines: nothing inside counts, and neither do the lines of the quotes.
            if (gsub(/"""/, "&", line) % 2) { inString = !inString; commentBefore = 0; next }
            if (inString) next
            gsub(/\\\\/, "", line); gsub(/\\"/, "", line); gsub(/"[^"]*"/, "\"\"", line)
            if (inComment) { if (sub(/.*\*\//, "", line)) inComment = 0; else next }
            if (sub(/\/\*.*/, "", line)) inComment = 1
            isComment = line ~ /^[ \t]*\/\//
            hasComment = line ~ /\/\//
            sub(/\/\/.*/, "", line)
            where = FILENAME ":" FNR
            if (line ~ /(^|[^A-Za-z0-9_])try!/) print where, "try!"
            else if (line ~ /(^|[^A-Za-z0-9_])as!/) print where, "as!"
            else if (line ~ /[A-Za-z0-9_)\]}]!([^=A-Za-z0-9_]|$)/) print where, "a forced unwrap"
            if (line ~ /nonisolated\(unsafe\)/) print where, "nonisolated(unsafe)"
            if (line ~ /@unchecked[ \t]+Sendable/ && !commentBefore && !hasComment)
                print where, "@unchecked Sendable with no reason in a comment on the line before"
            commentBefore = isComment
        }' "$@"
}

# files DIRECTORY...: the Swift, Python and shell files that are there.
files() {
    find "$@" \( -name .build -o -name __pycache__ \) -prune -o \
        -type f \( -name '*.swift' -o -name '*.py' -o -name '*.sh' \) -print 2>/dev/null | LC_ALL=C sort
}

# lines FILE...: how many there are in all.
lines() { cat "$@" | wc -l | tr -d ' '; }

printf '%-18s %6s %7s %8s  %s\n' target files lines longest imports
for directory in Sources/*/; do
    target=$(basename "$directory")
    mapfile -t sources < <(files "$directory")
    ((${#sources[@]} > 0)) || continue
    top=$(wc -l "${sources[@]}" | awk '$2 != "total" && $1 > most { most = $1 } END { print most + 0 }')
    modules=$(imports "${sources[@]}" | awk '{ print $2 }' | LC_ALL=C sort -u | tr '\n' ' ')
    printf '%-18s %6d %7d %8d  %s\n' "$target" "${#sources[@]}" "$(lines "${sources[@]}")" "$top" "${modules:-none}"
    if ! list=" $(allowed "$target") "; then
        fault "$target: no list of the modules that it may import (add it to scripts/check-house.sh)"
        continue
    fi
    while read -r where module; do
        [[ $list == *" $module "* ]] || fault "$where: $target may not import $module"
    done < <(imports "${sources[@]}")
    while read -r where what; do
        fault "$where: $what"
    done < <(forbidden "${sources[@]}")
done

mapfile -t everything < <(files Sources Tests Benchmarks scripts Package.swift)
count=0 too_long=0
for file in "${everything[@]}"; do
    count=$((count + 1))
    length=$(wc -l <"$file")
    ((length > longest)) || continue
    if reason=$(head -n 10 "$file" | grep -E -m 1 '(//|#) house: long because .+'); then
        too_long=$((too_long + 1))
        echo "  long   $file: $length lines, ${reason#*house: long }"
    else
        fault "$file: $length lines, more than $longest, and no 'house: long because ...' in its first lines"
    fi
done

echo "$count files, $too_long longer than $longest lines with a reason, $faults faults."
((faults == 0))
