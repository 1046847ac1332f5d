//go:build !unix

package pgtest

import (
	"errors"
	"testing"
)

func start() (string, error) {
	return "", errors.New("a private server is only started on Unix")
}

// Pooler skips the test.
func Pooler(tb testing.TB, _ string, _ int) string {
	tb.Helper()
	tb.Skip("a pooler is only started on Unix")
	return ""
}
