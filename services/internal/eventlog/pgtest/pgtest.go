// Package pgtest gives tests a real PostgreSQL: the one that
// LOTSE_TEST_POSTGRES names, or a private one started from the binaries on
// this machine, one for each test binary, with fsync on as in production.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Env names a server to use instead of a private one.
const Env = "LOTSE_TEST_POSTGRES"

var private struct {
	once sync.Once
	url  string
	err  error
}

// Start returns the URL of a database that the tests of this binary share; use
// Schema or Database to keep them apart. The private server ends with the test binary,
// however that ends. Where there is no PostgreSQL the test is skipped, or
// fails when CI=true.
func Start(tb testing.TB) string {
	tb.Helper()
	url, err := Server()
	if err == nil {
		return url
	}
	Missing(tb, err)
	return ""
}

// Missing skips a test for want of something of this machine, and fails it when
// CI=true.
func Missing(tb testing.TB, why error) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatal(why)
	}
	tb.Skip(why)
}

// Server is Start for a program that is not a test: the server that Env names,
// or a private one that ends with this process.
func Server() (string, error) {
	if url := os.Getenv(Env); url != "" {
		return url, nil
	}
	private.once.Do(func() { private.url, private.err = start() })
	if private.err != nil {
		return "", fmt.Errorf("no PostgreSQL to test with: %w, or set %s to the URL of one", private.err, Env)
	}
	return private.url, nil
}

var names atomic.Int64

// Schema returns the name of a schema that is not there yet and is dropped at
// the end of the test.
func Schema(tb testing.TB, url string) string {
	tb.Helper()
	name := fresh()
	tb.Cleanup(func() { run(tb, url, "SET client_min_messages = warning; DROP SCHEMA IF EXISTS "+name+" CASCADE") })
	return name
}

// Database returns the URL of an empty database, for tests whose schemas have
// names of their own. It is dropped at the end of the test.
func Database(tb testing.TB) string {
	tb.Helper()
	server := Start(tb)
	u, err := url.Parse(server)
	if err != nil {
		tb.Fatal(err)
	}
	u.Path = "/" + fresh()
	run(tb, server, "CREATE DATABASE "+u.Path[1:])
	tb.Cleanup(func() { run(tb, server, "DROP DATABASE "+u.Path[1:]+" WITH (FORCE)") })
	return u.String()
}

// fresh is a name that nobody has.
func fresh() string {
	return fmt.Sprintf("test_%d_%d_%d", os.Getpid(), time.Now().UnixNano(), names.Add(1))
}

func run(tb testing.TB, url, statement string) {
	tb.Helper()
	if err := Exec(url, statement); err != nil {
		tb.Error(err)
	}
}

// Exec runs one statement on a connection of its own.
func Exec(url, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("%s: connect: %w", statement, err)
	}
	_, err = conn.Exec(ctx, statement)
	if err = errors.Join(err, conn.Close(ctx)); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// tail is the end of a program's output, for messages.
func tail(output []byte) string {
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	return strings.Join(lines[max(0, len(lines)-8):], " | ")
}
