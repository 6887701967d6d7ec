#!/usr/bin/env bash
# Opens the demo in a real window on a display of its own and uses it by
# keyboard: scripts/smoke.sh PROGRAM
set -euo pipefail
program=$(realpath "${1:?usage: scripts/smoke.sh PROGRAM}")
cd "$(dirname "$0")/.."

command -v Xvfb >/dev/null || { echo "smoke: Xvfb is not installed" >&2; exit 1; }
CGO_ENABLED=0 go build -o build/smoke ./bench/smoke
# The program bounds itself to two minutes; this is for the case that it cannot.
exec timeout --kill-after=5 150 build/smoke "$program"
