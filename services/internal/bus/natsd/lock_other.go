//go:build !unix

package natsd

import "os"

// lock creates the file only if nobody has it open for writing here; systems
// without flock refuse to remove an open file, which serves the same end.
func lock(path string) (unlock func(), err error) {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o640)
	if err != nil {
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}
