#!/usr/bin/env bash
# The whole test: what the gate runs and what the README names.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/packages.sh test
echo "== format"
unformatted=$(gofmt -l $(git ls-files '*.go' 2>/dev/null || find . -name '*.go'))
if [ -n "$unformatted" ]; then
  echo "gofmt would change: $unformatted" >&2
  exit 1
fi
echo "== vet"
go vet ./...
echo "== everything outside app/ without cgo"
CGO_ENABLED=0 go build $(go list ./... | grep -v -e '/app' -e '^eris$')
echo "== tests, with the race detector"
go test -race -timeout 40m ./...
echo "== the window"
go build -o build/eris .
scripts/smoke.sh build/eris
