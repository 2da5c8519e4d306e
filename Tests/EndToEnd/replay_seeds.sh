#!/usr/bin/env bash
# The same seed makes the same run in another process, where every hash table has another order.
#
#   Tests/EndToEnd/replay_seeds.sh [SEED...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

program=$(swift build --show-bin-path)/simulation
seeds=("$@")
((${#seeds[@]} > 0)) || seeds=(1 2 3 4 5)

digest() { "$program" --from "$1" --seeds 1 --trace | sha256sum; }

for seed in "${seeds[@]}"; do
    first=$(digest "$seed")
    second=$(digest "$seed")
    if [[ $first != "$second" ]]; then
        echo "FAIL: seed $seed made two different runs" >&2
        exit 1
    fi
done
echo "${#seeds[@]} seeds made the same run in two processes each"
