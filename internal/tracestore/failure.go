package tracestore

import (
	"context"
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// failure is what an error means for what was to be written.
type failure uint8

const (
	noFailure        failure = iota
	rowRejected              // this row cannot be stored, others can
	databaseBusy             // somebody else holds the lock: try again
	databaseFull             // no room: try again once there is
	databaseIO               // disk or memory trouble that may pass
	databaseBroken           // the file is damaged or no database: writing on makes it worse
	schemaMissing            // our tables are gone
	writeInterrupted         // given up because the caller did
	notWritable              // read-only file or directory
	notAuthorized            // the server refuses our token, or this database
	badRequest               // the server cannot make sense of what we send
	noServer                 // what answers is no libSQL server, or has no such database
	otherFailure
)

// failures maps primary result codes of SQLite (the low byte; extended codes
// differ from platform to platform).
var failures = map[int]failure{
	sqlite3.SQLITE_TOOBIG:     rowRejected,
	sqlite3.SQLITE_CONSTRAINT: rowRejected,
	sqlite3.SQLITE_MISMATCH:   rowRejected,
	sqlite3.SQLITE_BUSY:       databaseBusy,
	sqlite3.SQLITE_LOCKED:     databaseBusy,
	sqlite3.SQLITE_PROTOCOL:   databaseBusy,
	sqlite3.SQLITE_FULL:       databaseFull,
	sqlite3.SQLITE_IOERR:      databaseIO,
	sqlite3.SQLITE_NOMEM:      databaseIO,
	sqlite3.SQLITE_CORRUPT:    databaseBroken,
	sqlite3.SQLITE_NOTADB:     databaseBroken,
	sqlite3.SQLITE_ERROR:      schemaMissing,
	sqlite3.SQLITE_SCHEMA:     schemaMissing,
	sqlite3.SQLITE_INTERRUPT:  writeInterrupted,
	sqlite3.SQLITE_READONLY:   notWritable,
	sqlite3.SQLITE_CANTOPEN:   notWritable,
	sqlite3.SQLITE_PERM:       notWritable,
}

func failureOf(err error) failure {
	if err == nil {
		return noFailure
	}
	if file, ok := errors.AsType[*fileError](err); ok {
		return file.failure
	}
	if errors.Is(err, errForeignSchema) {
		return otherFailure
	}
	if fromSQLite, ok := errors.AsType[*sqlite.Error](err); ok {
		if f, ok := failures[fromSQLite.Code()&0xff]; ok {
			return f
		}
		return otherFailure
	}
	if errors.Is(err, errNoRoom) {
		return databaseFull
	}
	if errors.Is(err, errDamaged) {
		return databaseBroken
	}
	if f, ok := failureOfServer(err); ok {
		return f
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return writeInterrupted
	}
	return otherFailure
}

// IsPermanent reports whether writing the same rows again is bound to fail: the
// server cannot make sense of them. Everything else that Write returns may pass, a
// damaged database too: somebody restores it.
func IsPermanent(err error) bool { return failureOf(err) == badRequest }

// IsBusy reports whether another process held the lock for too long, or a server
// had too much to do. Writing the same rows again may succeed.
func IsBusy(err error) bool { return failureOf(err) == databaseBusy }
