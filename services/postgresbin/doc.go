// Package postgresbin finds PostgreSQL's programs on this machine, and whom to
// run them as: for private servers of tests, and for clusters of processes.
package postgresbin
