// Command rehearse raises every alert of deploy/alerts/lotse.yaml on a running
// cluster by what it is about, follows the runbook, and sees it end. What came of
// it is docs/rehearsal.md.
//
// It starts a cluster of its own (tools/cluster), loads it a little, and has a real
// Prometheus scrape it each second. The rules are those of the file, with their times
// shortened by one function (shorten.go): nobody waits three days in a rehearsal.
package main
