# Run `make` or `make help` for the list of targets.

BINARY := bin/otelcol-llm
TOOL   := go tool -modfile $(CURDIR)/internal/tools/go.mod

# One set of flags everywhere, so that building, testing and linting share the
# build cache: a cold build takes minutes. The binary is stripped anyway, and
# making debug information that nobody sees is a tenth of compiling. The race
# detector alone needs cgo.
export CGO_ENABLED := 0
export GOFLAGS     := -trimpath -gcflags=all=-dwarf=false

# Components with files that mdatagen writes.
COMPONENTS := ./receiver/... ./processor/... ./exporter/... ./extension/...
# Everything that is tested without the built binary.
UNIT := ./config/... ./confmap/... ./exporter/langfuseexporter/... ./exporter/libsqlexporter/... ./extension/... ./internal/... ./processor/... ./receiver/...
# What is tested without the race detector: the detector has Datadog's agent
# compiled a second time, which takes minutes.
UNRACED := ./cmd/... ./exporter/datadogexporter/...

# The sources of the page.
UI := extension/traceviewer/ui

.DEFAULT_GOAL := help

##@ Use

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: build ## Build, run the collector, send it a trace and show what was stored
	@$(BINARY) demo

.PHONY: run
run: build ## Build and run the collector with the embedded local configuration
	@$(BINARY)

.PHONY: build
build: ## Build bin/otelcol-llm; the first time takes minutes and shows how far it is
	@scripts/build $(BINARY)

##@ Test

.PHONY: test
test: test-unit test-ui test-e2e ## Run every test: unit tests with the race detector, end-to-end tests on the built binary

.PHONY: test-unit
test-unit: node-packages ## Run the unit tests, with the race detector where there is a C compiler
	@scripts/test-unit $(UNIT)

.PHONY: test-e2e
test-e2e: build node-packages ## Run the tests of the built binary, with real clients from npm
	go test $(UNRACED)
	OTELCOL_LLM_BINARY=$(CURDIR)/$(BINARY) go test -count=1 -timeout 20m ./tests/...

.PHONY: node-packages
node-packages: ## Install the npm packages that tests use, into ignored folders
	@scripts/node-packages

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME each (50000x)
	@scripts/fuzz

.PHONY: outage
outage: build node-packages ## Take all destinations away for OUTAGE (5m) under load, with the shipped settings
	OTELCOL_LLM_BINARY=$(CURDIR)/$(BINARY) go test -count=1 -timeout 60m -tags outage -run TestFiveMinutes -v ./tests/config

.PHONY: chaos
chaos: build ## Kill, freeze and starve the collector for CHAOS_ROUNDS (200), CHAOS_BODIES (100000) mutated bodies; about an hour
	OTELCOL_LLM_BINARY=$(CURDIR)/$(BINARY) CHAOS_ROUNDS=$(or $(CHAOS_ROUNDS),200) CHAOS_BODIES=$(or $(CHAOS_BODIES),100000) CHAOS_REPORT=$(CURDIR)/bin/chaos.txt \
		go test -count=1 -timeout 6h -skip TestSoak -v ./tests/chaos

.PHONY: soak
soak: build ## A steady load for SOAK (1h) with restarts, destinations that come and go, and a reader of the store
	OTELCOL_LLM_BINARY=$(CURDIR)/$(BINARY) SOAK=$(or $(SOAK),1h) CHAOS_REPORT=$(CURDIR)/bin/soak.txt \
		go test -count=1 -timeout 26h -run TestSoak -v ./tests/chaos

.PHONY: test-ui
test-ui: ui-packages ## Run the tests of the page's sources
	@if command -v node >/dev/null 2>&1; then cd $(UI) && node test/run.mjs; else echo "No Node.js: the page's sources are not tested."; fi

.PHONY: ui-packages
ui-packages:
	@scripts/node-packages $(UI)

.PHONY: bench-viewer
bench-viewer: build ## How long acknowledgements take with no, one and twenty open pages, and a new trace until a page has it
	OTELCOL_LLM_BINARY=$(CURDIR)/$(BINARY) go test -run xxx -bench Acknowledged -benchtime 1x -timeout 20m ./tests/viewer
	OTELCOL_LLM_BINARY=$(CURDIR)/$(BINARY) go test -run xxx -bench Live -benchtime 100x -timeout 20m ./tests/viewer

.PHONY: jaeger-ui
jaeger-ui: build node-packages ## Look at a trace in the build of jaeger-ui that the folder JAEGER_UI has (docs/jaeger.md)
	OTELCOL_LLM_BINARY=$(CURDIR)/$(BINARY) JAEGER_UI=$(JAEGER_UI) go test -count=1 -tags jaegerui -run TestJaegerUI ./tests/viewer

.PHONY: bench
bench: ## Run the benchmarks
	go test -run xxx -bench . -benchmem $(UNIT)

.PHONY: bench-query
bench-query: ## Ask a store of QUERY_TRACES (100000) traces of ten spans each what pages ask, BENCHTIME (20x) times
	QUERY_TRACES=$(or $(QUERY_TRACES),100000) go test -run xxx -bench Query -benchtime $(or $(BENCHTIME),20x) -timeout 60m ./internal/tracestore/query

##@ Check

.PHONY: check
check: check-fmt check-generate check-tidy check-ui vet lint lint-deploy ## Run all checks

.PHONY: fmt
fmt: ## Format the Go code
	$(TOOL) gofumpt -w $(GO_DIRS)

.PHONY: check-fmt
check-fmt: ## Fail when Go code is not formatted
	@unformatted="$$($(TOOL) gofumpt -l $(GO_DIRS))"; \
	if [ -n "$$unformatted" ]; then echo "not formatted, run make fmt:"; echo "$$unformatted"; exit 1; fi

.PHONY: vet
vet: ## Run go vet
	go vet ./...

.PHONY: lint
lint: ## Run golangci-lint
	$(TOOL) golangci-lint run ./...

.PHONY: lint-deploy
lint-deploy: ## Read deploy/ with the code of Docker Compose and BuildKit
	cd tests/deploy/lint && go test -count=1 .

.PHONY: check-ui
check-ui: ui-packages ## Fail when the page's types are wrong, or its bundle is not that of its sources
	@scripts/check-ui

.PHONY: vulncheck
vulncheck: ## Look for known vulnerabilities; needs the network
	$(TOOL) govulncheck ./...

##@ Maintain

.PHONY: generate
generate: ## Write components.go from builder-config.yaml, and what mdatagen writes
	@$(TOOL) builder --config builder-config.yaml --skip-get-modules --skip-compilation --output-path build 2>/dev/null
	@$(TOOL) gofumpt < build/components.go > cmd/otelcol-llm/components.go
	go generate $(COMPONENTS)

.PHONY: check-generate
check-generate: generate ## Fail when generated files are not those of their sources
	@git diff --exit-code -- cmd/otelcol-llm/components.go '*/generated_*.go' '*/documentation.md' '*/README.md' \
	|| { echo "generated files differ from their sources: run make generate and commit"; exit 1; }

# -e, because tests of dependencies need modules that cannot be had at this
# version; nothing that we build does.
.PHONY: tidy
tidy: ## Tidy go.mod and go.sum
	@go mod tidy -e 2>/dev/null
	@cd internal/tools && go mod tidy

.PHONY: check-tidy
check-tidy: tidy ## Fail when go.mod or go.sum is not tidy
	@git diff --exit-code -- go.mod go.sum internal/tools/go.mod internal/tools/go.sum \
	|| { echo "not tidy: run make tidy and commit"; exit 1; }

.PHONY: ui
ui: ui-packages ## Build the page into extension/traceviewer/dist, which is committed; needs Node
	cd $(UI) && node build.mjs

.PHONY: prices
prices: ## Write the price catalogue from the pinned npm package; needs Node
	go generate ./internal/pricing

.PHONY: build-cost
build-cost: ## Measure what each component adds to a cold build; compiles everything anew
	go run ./scripts/buildcost

.PHONY: clean
clean: ## Remove what was built; the Go build cache stays
	rm -rf bin build

GO_DIRS := cmd config confmap exporter extension internal processor scripts tests
