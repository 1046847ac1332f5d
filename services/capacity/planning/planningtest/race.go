//go:build race

package planningtest

const race = true
