//go:build race

package faults_test

// most: the race detector has little to find in one goroutine.
const most = 20
