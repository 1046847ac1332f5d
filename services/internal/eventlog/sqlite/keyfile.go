package sqlite

import (
	"fmt"
	"os"
)

// keyFile holds the bytes of personal-data keys, one after the other, and
// nothing else. Which key lies where is written in the log's database, so what
// a commit that failed left behind is no key: the next one writes over it.
//
// It is a plain file because it must be able to forget: bytes are overwritten
// where they lie and never copied, neither into a journal nor to another page.
// (Filesystems and disks that copy on write may keep old blocks; there the
// volume must be encrypted.)
type keyFile struct {
	f *os.File
	// end is where the next key goes; only the writer moves it.
	end int64
}

// openKeyFile cuts off whatever lies behind end.
func openKeyFile(path string, end int64) (*keyFile, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	k := &keyFile{f: f, end: end}
	size, err := f.Seek(0, 2)
	if err == nil && size < end {
		err = fmt.Errorf("%s has %d bytes and the log knows of %d: put back the key file that belongs to this log", path, size, end)
	}
	if err == nil {
		err = k.cut()
	}
	if err != nil {
		_ = f.Close() // the first error is the one to tell
		return nil, err
	}
	return k, nil
}

// write stores keys behind the end, durably, without moving the end.
func (k *keyFile) write(keys []byte) error {
	if _, err := k.f.WriteAt(keys, k.end); err != nil {
		return err
	}
	return k.f.Sync()
}

// cut forgets what was written but not kept. What is cut off is overwritten
// first: blocks that the filesystem frees keep their bytes.
func (k *keyFile) cut() error {
	size, err := k.f.Seek(0, 2)
	if err != nil || size <= k.end {
		return err
	}
	if err := k.zero(k.end, size-k.end); err != nil {
		return err
	}
	if err := k.f.Sync(); err != nil {
		return err
	}
	return k.f.Truncate(k.end)
}

func (k *keyFile) read(start, length int64) ([]byte, error) {
	b := make([]byte, length)
	_, err := k.f.ReadAt(b, start)
	return b, err
}

func (k *keyFile) zero(start, length int64) error {
	_, err := k.f.WriteAt(make([]byte, length), start)
	return err
}

func (k *keyFile) close() error { return k.f.Close() }
