// Package cluster runs on one machine's loopback what deploy/compose.yaml runs in
// containers, from binaries: Postgres, three NATS servers with accounts and TLS,
// two of each service, and a front with one address. Every part is a process of
// its own, so that it can be killed, stopped and watched; a state file tells
// other tools where everything is.
package cluster
