// Package demo plays a story of HR events against a running Lotse, from
// outside: it publishes over NATS, approves over HTTP and watches what a
// frontend would see. What it prints it has measured.
package demo
