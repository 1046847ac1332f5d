// Package deploycheck holds what is in deploy/ and charts/ to the programs that will
// read it: Helm renders the chart, Kubernetes' own types and kube-score judge what comes
// of it, compose-go loads compose.yaml, BuildKit parses the Dockerfile, nats-server runs its
// configuration as a cluster of three, promtool tries the alert rules.
//
// It is a module of its own, outside of go.work: these libraries bring some 200
// modules, and in a workspace theirs would be the versions that services are built
// with. Run it here with GOWORK=off go test ./... (.ci/run does).
package deploycheck
