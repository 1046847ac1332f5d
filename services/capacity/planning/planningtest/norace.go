//go:build !race

package planningtest

const race = false
