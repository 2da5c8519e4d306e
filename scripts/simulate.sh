#!/usr/bin/env bash
# The deterministic simulation, in a release build: many seeds, or one again.
#
#   scripts/simulate.sh [--seeds N] [--from SEED] [--jobs N] [--trace] [--sabotage RULE]
#
#   --seeds N         how many seeds (10000)
#   --from SEED       the first one (1)
#   --jobs N          how many side by side (2)
#   --trace           all that happens, line by line; with --seeds 1
#   --sabotage RULE   with one rule broken on purpose; --help lists them
#
# Exit status 0 when every rule was kept, 1 when one was broken: then it says by which seed, and how to see it again.
# docs/simulation.md says what is played.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# With the standard library inside, as the monitor is built: the two share a build.
swift build --configuration release --static-swift-stdlib --product simulation
program=$(swift build --configuration release --show-bin-path)/simulation
if [[ " $* " == *" --seeds "* ]]; then
    exec "$program" "$@"
fi
exec "$program" --seeds 10000 "$@"
