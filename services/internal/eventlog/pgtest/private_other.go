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

// BackedUp is only had on Unix.
type BackedUp struct{ URL string }

// StartBackedUp skips the test.
func StartBackedUp(tb testing.TB) *BackedUp {
	tb.Helper()
	tb.Skip("a private server is only started on Unix")
	return nil
}
