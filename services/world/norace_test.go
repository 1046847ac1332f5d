//go:build !race

package world_test

const quick = false
