// Package histories checks booking as its clients see it: concurrent histories
// of commands and answers, recorded over HTTP at several replicas that are
// killed on the way, must be explained by some order of the commands, one after
// the other (linearizability: M. Herlihy, J. Wing, ACM TOPLAS 12, 1990), and
// the log that they leave is audited. It has nothing but tests.
//
//	go test ./services/booking/histories -v
//
// LOTSE_HISTORIES=10 makes them ten times as long.
package histories
