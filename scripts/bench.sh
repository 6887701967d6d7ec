#!/usr/bin/env bash
# Measures the workstation against limits, and against peers in the same run:
# scripts/bench.sh [-runs N] [-only import,fetch,web,room,codec,big,search,index,window,start,memory,thin,chaos,soak]
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/packages.sh bench
mkdir -p build
go build -o build/eris .
CGO_ENABLED=0 go build -o build/bench ./bench
exec build/bench -eris build/eris -corpus "${ERIS_CORPUS:-../shared/corpus}" "$@"
