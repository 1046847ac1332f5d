// Package faults breaks a cluster while it is under load, one fault after the
// other, and proves after each that nothing acknowledged was lost: what was seen
// becomes a row of docs/reliability.md.
//
// Where it may (Linux, as root) the cluster runs in a network and a mount
// namespace of its own: each process has its own address, so that two of them can
// be parted by routes that lead nowhere, and Postgres a disk of its own that can be
// filled up. Nothing of it is seen outside, and all of it goes with the process.
package faults
