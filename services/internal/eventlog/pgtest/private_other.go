//go:build !unix

package pgtest

import "errors"

func start() (string, error) {
	return "", errors.New("a private server is only started on Unix")
}
