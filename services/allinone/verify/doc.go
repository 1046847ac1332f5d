// Package verify is the auditor of a running Lotse: it reads the four logs from
// their first events, changes nothing, and proves that every acknowledged command
// is there, that no appointment was lost or doubled, that nobody is in two places,
// and that replicas, streams and frontends say what a fresh fold of the logs says.
package verify
