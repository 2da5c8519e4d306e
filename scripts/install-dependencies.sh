#!/usr/bin/env bash
# Installs what grading-monitor needs from Debian, and skips what is there already.
#
#   scripts/install-dependencies.sh           what building and running need
#   scripts/install-dependencies.sh --test    and what the checks need
#
# The Swift toolchain is not in Debian: this script only says that it is missing.
set -euo pipefail

usage() { sed -n '2,7s/^# \{0,1\}//p' "$0"; }

want_tests=no
for argument in "$@"; do
    case "$argument" in
        --test) want_tests=yes ;;
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

# The compiler finds SQLite through this header; Apple's SDK brings its own.
if [[ $(uname) == Linux ]]; then
    need_file libsqlite3-dev /usr/include/sqlite3.h /usr/local/include/sqlite3.h
fi
need_command python3 python3
need_command curl curl
need_command flock util-linux
if [[ $want_tests == yes ]]; then
    need_command shellcheck shellcheck
    need_command ps procps
    # Debian splits the part of venv that brings pip into a package of its own.
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

echo "Installing from Debian: ${missing[*]}"
# A stale list still finds most packages, so only the installation itself decides.
"${as_root[@]}" apt-get update -qq || true
if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; then
    echo "install-dependencies: apt-get could not install: ${missing[*]}" >&2
    exit 69
fi
