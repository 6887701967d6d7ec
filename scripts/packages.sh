#!/usr/bin/env bash
# Installs the system packages that a purpose needs and are missing, and says which.
# Usage: scripts/packages.sh build|test|bench
set -euo pipefail
cd "$(dirname "$0")/.."

build=(gcc libc6-dev pkg-config libgl1-mesa-dev xorg-dev libwayland-dev libxkbcommon-dev)
tests=(orthanc orthanc-dicomweb dcmtk python3-hl7 poppler-utils xvfb xdotool libgl1-mesa-dri curl
  orthanc-postgresql postgresql nginx libnginx-mod-stream openssl)
bench=(libgdcm-tools libopenjp2-7-dev libcharls-dev openjph-tools iproute2)

# Node.js may be there from elsewhere.
command -v npm >/dev/null || tests+=(nodejs npm)

# Peers that run on Node.js come from npm, as their lock file says; without the
# registry the tests that need it are skipped by name.
peer() {
  local of=sync/nodetest/peer to=build/peer
  [ "$1" = build ] && return
  mkdir -p "$to"
  cmp -s "$of/package-lock.json" "$to/package-lock.json" && [ -d "$to/node_modules" ] && return
  cp "$of/package.json" "$of/package-lock.json" "$to/"
  npm ci --prefix "$to" --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null || {
    rm -rf "$to"
    echo "npm could not bring the peers that run on Node.js: the tests that need it are skipped" >&2
  }
}

case "${1:-}" in
  build) wanted=("${build[@]}") ;;
  test) wanted=("${build[@]}" "${tests[@]}") ;;
  bench) wanted=("${build[@]}" "${tests[@]}" "${bench[@]}") ;;
  *) echo "usage: $0 build|test|bench" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "This is no Debian or Ubuntu: please install what matches ${wanted[*]}" >&2
  exit 0
fi

missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q ' installed$' || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  peer "$1"
  exit 0
fi

echo "Installing missing system packages: ${missing[*]}"
sudo=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "Please install them as root: apt-get install ${missing[*]}" >&2; exit 1; }
  sudo=(sudo)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Services that a package would start are not wanted here; a policy of 101 keeps them off.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
  "${sudo[@]}" chmod 755 "$policy"
  trap 'rm -f "$log"; "${sudo[@]}" rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
if ! { "${sudo[@]}" apt-get update && "${sudo[@]}" apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "The packages could not be installed." >&2
  exit 1
fi
peer "$1"
