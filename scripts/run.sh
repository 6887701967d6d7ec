#!/usr/bin/env bash
# Opens the demo; without a display it does the main job in the terminal.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  exec ./eris demo
fi
echo "No display here, so the demo runs without a window."
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
./eris demo --check --data "$data"
out=${ERIS_TOUR:-build/tour}
echo
echo "The pages as pictures:"
./eris tour --out "$out"
