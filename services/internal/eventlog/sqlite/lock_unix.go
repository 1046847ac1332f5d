//go:build unix

package sqlite

import (
	"errors"
	"os"
	"syscall"
)

// lockFile takes a file for this process until it is closed or the process
// dies. errLocked: another one has it.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		closeErr := f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errLocked
		}
		return nil, errors.Join(err, closeErr)
	}
	return f, nil
}
