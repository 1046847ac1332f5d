//go:build windows

package sqlite

import (
	"errors"
	"os"
	"syscall"
)

// lockFile takes a file for this process until it is closed or the process
// dies: it is opened without letting anyone share it. errLocked: another one
// has it.
func lockFile(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	const sharingViolation = syscall.Errno(32)
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	switch {
	case errors.Is(err, sharingViolation):
		return nil, errLocked
	case err != nil:
		return nil, err
	}
	return os.NewFile(uintptr(h), path), nil
}
