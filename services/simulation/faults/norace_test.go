//go:build !race

package faults_test

const most = 200
