package sqlite

import (
	"errors"
	"fmt"
	"syscall"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// code is the extended result code of SQLite, or 0.
func code(err error) int {
	var e *driver.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// taken: a row was refused because its like stands already.
func taken(err error) bool { return code(err)&0xff == lib.SQLITE_CONSTRAINT }

func diskFull(err error) bool {
	return code(err)&0xff == lib.SQLITE_FULL || errors.Is(err, syscall.ENOSPC)
}

// inDoubt: the sync at the end of a commit failed, so what was written may be
// found or not after a crash.
func inDoubt(err error) bool {
	switch code(err) {
	case lib.SQLITE_IOERR_FSYNC, lib.SQLITE_IOERR_DIR_FSYNC, lib.SQLITE_IOERR_CLOSE:
		return true
	}
	return false
}

// explain says what failed, in which file, and what to do.
func (s *Store) explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	cure := ""
	switch c := code(err); {
	case diskFull(err):
		return fmt.Errorf("%s in %s: %w and nothing was written: free space, then try again: %w", doing, s.path, eventlog.ErrFull, err)
	case c&0xff == lib.SQLITE_IOERR:
		cure = ": the disk does not read or write: check it and its free space"
	case c&0xff == lib.SQLITE_READONLY, c&0xff == lib.SQLITE_CANTOPEN:
		cure = ": give this process the right to write the file and its folder"
	case c&0xff == lib.SQLITE_NOTADB, c&0xff == lib.SQLITE_CORRUPT:
		cure = ": the file is damaged or no SQLite database: put back a backup, or give another path"
	case c&0xff == lib.SQLITE_BUSY:
		cure = ": another program holds the database: close it"
	case s.closed.Load():
		return fmt.Errorf("%s: %w", doing, eventlog.ErrClosed)
	}
	return fmt.Errorf("%s in %s: %w%s", doing, s.path, err, cure)
}
