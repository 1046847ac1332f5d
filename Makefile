# `make` prints what there is to make.
.DEFAULT_GOAL := help
MODULES := events services tools
# The version that .golangci.yml was written for. It is not fetched: install it
# with the packages of your system or from golangci-lint.run.
GOLANGCI_LINT := v2.15.0

.PHONY: help test race lint archtest contracts browser screenshots deploycheck bench sim mutations plan-report forecast-report proof demo up cluster faults rehearse release fmt tidy ci

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

test: ## all tests; those that need PostgreSQL say so when they skip
	go test work

race: ## all tests with the race detector
	go test -race -timeout 15m work

archtest: ## who may import what (ARCHITECTURE.md)
	go test -count=1 ./tools/archtest

lint: ## golangci-lint, if it is installed, in each module
	@command -v golangci-lint >/dev/null || { echo "golangci-lint is not installed: get $(GOLANGCI_LINT) from golangci-lint.run"; exit 1; }
	@golangci-lint version --short | grep -qF '$(GOLANGCI_LINT:v%=%)' || echo "note: .golangci.yml was written for $(GOLANGCI_LINT)"
	@for m in $(MODULES); do echo "$$m"; (cd $$m && golangci-lint run --config ../.golangci.yml ./...) || exit 1; done

contracts: ## write docs/contracts anew from the code
	go run ./tools/contracts

browser: ## look at all pages in a real browser: walks, axe-core, Lighthouse (needs Chromium and Node)
	cd tools/browser && npm ci --ignore-scripts --no-audit --no-fund
	go test -count=1 -timeout 20m -v ./tools/browser

screenshots: ## take the pictures of docs/screenshots anew (needs Chromium and Node)
	cd tools/browser && npm ci --ignore-scripts --no-audit --no-fund
	go run ./tools/browser screenshots

deploycheck: ## hold deploy/ and charts/ to Helm, Kubernetes, compose, BuildKit, NATS, Caddy and promtool
	cd tools/deploycheck && GOWORK=off go test -timeout 30m ./...

bench: ## benchmarks (docs/performance.md says how to read them)
	go test -run '^$$' -bench . -benchmem work

sim: ## 20,000 stories with faults (SEEDS=n FIRST=n for others; .ci/run plays 2,000)
	go test -count=1 -timeout 2h -run Stories -v ./services/simulation/faults -args -first $(or $(FIRST),1) -seeds $(or $(SEEDS),20000)

mutations: ## prove that the stories find bugs: take safeguards out one by one
	go test -count=1 -timeout 1h -tags mutations -run 'Mutations|TheLine' -v ./services/simulation/faults

plan-report: ## measure the planner and write docs/planning-report.md (about ten minutes of one core)
	go run ./tools/planbench -folder services/capacity/planning/testdata -report docs/planning-report.md

forecast-report: ## hold the forecast of requests against what came and write docs/forecast-report.md (about a minute of one core)
	go run ./tools/forecastbench -report docs/forecast-report.md

proof: ## play all scenarios under all policies and write docs/proof.md (hours; goes on where it was cut; SEEDS=3,year=5)
	go run ./tools/proof -seeds $(or $(SEEDS),3) $(PROOF)

demo: ## a city, a flu, and what Lotse does about it
	go run ./tools/lotse demo

up: ## Lotse in one process, with its data under ./lotse-data
	go run ./tools/lotse up

cluster: ## Postgres, three NATS servers and two of each service on loopback (ARGS='--data folder')
	go build -o bin/ ./tools/lotse ./services/absence/cmd/absenced ./services/staffing/cmd/staffingd ./services/capacity/cmd/capacityd ./services/booking/cmd/bookingd github.com/nats-io/nats-server/v2
	bin/lotse cluster $(ARGS)

rehearse: ## raise every alert on a cluster, follow the runbook, write docs/rehearsal.md (half an hour; ARGS='-only LotseBusAway')
	go build -o bin/ ./tools/lotse ./tools/rehearse ./services/absence/cmd/absenced ./services/staffing/cmd/staffingd ./services/capacity/cmd/capacityd ./services/booking/cmd/bookingd github.com/nats-io/nats-server/v2
	@# Prometheus at the version of tools/deploycheck, with modules that nothing else there needs.
	cd tools/deploycheck && mkdir -p ../../.lotse/prometheus && cp go.mod go.sum ../../.lotse/prometheus/ && GOWORK=off CGO_ENABLED=0 go build -mod=mod -modfile=../../.lotse/prometheus/go.mod -tags remove_all_sd -o ../../bin/prometheus github.com/prometheus/prometheus/cmd/prometheus
	GOWORK=off CGO_ENABLED=0 GOBIN=$(CURDIR)/bin go install github.com/prometheus/node_exporter@v1.12.1
	bin/rehearse $(ARGS)
	@[ -n "$(ARGS)" ] || bin/rehearse -town deploy/networks/hamburg

release: ## programs, chart, bills of material and checksums in bin/release-<version> (VERSION=v1.2.3)
	deploy/release $(VERSION)

faults: ## break a cluster under load, fault by fault, and write docs/reliability.md (about 20 minutes; as root all of it; FAULTS='--only kill')
	go build -o bin/ ./tools/lotse ./services/absence/cmd/absenced ./services/staffing/cmd/staffingd ./services/capacity/cmd/capacityd ./services/booking/cmd/bookingd github.com/nats-io/nats-server/v2
	bin/lotse faults --report docs $(FAULTS)

fmt: ## gofmt
	gofmt -w $(MODULES)

tidy: ## go mod tidy in each module
	@for m in $(MODULES); do (cd $$m && GOWORK=off go mod tidy) || exit 1; done

ci: ## all that must hold before a change lands
	.ci/run
