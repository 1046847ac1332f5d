// Package bus is how a service reaches NATS JetStream: the connection, the
// stream of a service's public events, the subscriber that stands under
// watermill's router, and the router with all its middleware.
//
// The bus is a cache of the logs (package eventlog): it may be wiped, put back
// to an older state or lose what it acknowledged, and nothing is lost or doubled,
// because the sequence of a stream equals the public position in its log.
// Package relay writes streams, package lane reads them.
package bus
