package faults

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// disk is a file system of its own for Postgres, in a file.
type disk struct{ folder, ballast string }

// diskSize is what it can hold.
const diskSize = 4 << 30

// newDisk mounts one at the cluster's folder of Postgres.
func newDisk(data string) (*disk, error) {
	image, folder := filepath.Join(data, "disk.img"), filepath.Join(data, "postgres")
	f, err := os.Create(image)
	if err == nil {
		err = f.Truncate(diskSize)
		_ = f.Close()
	}
	if err == nil {
		err = os.MkdirAll(folder, 0o700)
	}
	if err != nil {
		return nil, err
	}
	for _, line := range []string{"mkfs.ext4 -q -m 0 " + image, "mount -o loop " + image + " " + folder} {
		words := strings.Fields(line)
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w: %s", line, err, strings.TrimSpace(string(out)))
		}
	}
	return &disk{folder, filepath.Join(folder, "ballast")}, nil
}

// fill takes all that is free, and says how many MB that was.
func (d *disk) fill() (mb int64, err error) {
	f, err := os.Create(d.ballast)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	var at int64
	for step := int64(64 << 20); step >= 4<<10; {
		if unix.Fallocate(int(f.Fd()), 0, at, step) != nil {
			step /= 2
			continue
		}
		at += step
	}
	return at >> 20, nil
}

func (d *disk) free() error { return os.Remove(d.ballast) }

func (d *disk) unmount() error { return unix.Unmount(d.folder, unix.MNT_DETACH) }
