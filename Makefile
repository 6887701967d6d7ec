# The few verbs of this project; each does the same everywhere.

.PHONY: run test check bench fuzz build

run: build        ## build and open the demo (without a display: the main job in the terminal)
	@scripts/run.sh

build:
	@scripts/packages.sh build
	go build -o eris .

test:             ## everything the gate runs
	@scripts/test.sh

check:            ## the quick part: format, vet, the import table, unit tests
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	go test -short ./...

bench:            ## speed, against peers and limits in the same run
	@scripts/bench.sh

fuzz:             ## a minute for each fuzz target
	@scripts/fuzz.sh
