// Package load puts a running Lotse under load from outside, as citizens, HR
// systems and frontends do, and writes down every command that was acknowledged,
// so that lotse verify can ask the logs for it afterwards.
//
// The load is open: arrivals come by the clock, whether earlier ones have been
// answered or not, and how long somebody waited counts from when they meant to
// come. A command that is not answered is repeated with the same key, as
// docs/integrate-frontend.md and docs/integrate-hr.md ask clients to; each try
// that failed is counted.
package load
