// Package allinone runs the four services in one process, with an embedded NATS
// server that is the real one, reachable on its port, and a log per service in
// SQLite files or in Postgres schemas. The services are as separate here as
// anywhere: they share no state and meet only on the bus.
package allinone
