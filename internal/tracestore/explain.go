package tracestore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// fileError says in a sentence what keeps a store from its file, and what to do.
// docs/storage.md has a row for each.
type fileError struct {
	failure failure
	text    string
	err     error // what SQLite or the system has said; nil where nothing was asked
}

func (e *fileError) Error() string {
	if code := codeOf(e.err); code != "" {
		return e.text + " (" + code + ")"
	}
	return e.text
}

func (e *fileError) Unwrap() error { return e.err }

// codeOf is the name of SQLite's code in an error, such as SQLITE_IOERR_WRITE.
func codeOf(err error) string {
	fromSQLite, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return ""
	}
	for _, code := range []int{fromSQLite.Code(), fromSQLite.Code() & 0xff} {
		_, name, _ := strings.Cut(sqlite.ErrorCodeString[code], "(")
		if name, _, ok := strings.Cut(name, ")"); ok {
			return name
		}
	}
	return fmt.Sprint("SQLite ", fromSQLite.Code())
}

// What a file is kept from by, in the words of docs/storage.md. The first %s is the
// path.
const (
	notRegular    = "url: %s is a %s; name a regular file"
	besideIs      = "url: %s, which SQLite keeps beside the database, is a %s; remove it"
	danglingLink  = "url: %s is a link to %s, where there is no directory for it; make it, or choose another path"
	noDatabase    = "url: %s is not a SQLite database, or an encrypted one; choose another path, or set file::on_corruption: quarantine to move it aside"
	isDamaged     = "url: %s is damaged%s; restore a backup, or set file::on_corruption: quarantine to move it aside and start anew"
	headless      = "url: %s is %s, and %s has %d bytes of commits of it; restore the database, remove %[3]s where the commits may go, or set file::on_corruption: quarantine to move it aside"
	foreignSyntax = "url: %s holds tables or indexes in SQL that only libSQL reads; the file is whole; give the traces a file of their own"
	isLocked      = "url: %s is locked by another process; end it, or raise file::busy_timeout"
	noRoom        = "url: no room for %s; free space on its disk or choose another path"
	noQuota       = "url: no room for %s: the disk quota of its owner is used up; raise the quota or free space"
	sizeLimit     = "url: no room for %s: the process may not write files larger than %d bytes; raise the limit (ulimit -f, LimitFSIZE=)"
	readOnlyMount = "url: %s cannot be written: its file system is mounted read-only; mount it writable, or choose another path"
	notAllowed    = "url: %s cannot be written; make the file, what lies beside it (-wal, -shm) and its directory writable for this user, or choose another path"
	noDescriptors = "url: %s cannot be opened: the process has too many files open; raise the limit (ulimit -n, LimitNOFILE=)"
	diskError     = "url: %s cannot be read or written: the disk reports an error; see the system's log"
	ioTrouble     = "url: %s cannot be read or written; see whether its disk works and is mounted"
)

// What a reader is kept from by, who knows no keys of the exporter.
const (
	readsNoDatabase = "it is not a SQLite database, or an encrypted one"
	readsDamage     = "it is damaged"
	readsNothing    = "it does not exist, or this user may not read it and what lies beside it (-wal, -shm)"
	readsLocked     = "another process holds it"
)

// explainReading is explain for a reader.
func explainReading(err error) error {
	f := failureOf(err)
	say := func(text string) error { return &fileError{failure: f, text: text, err: err} }
	switch {
	case isNotADatabase(err):
		return say(readsNoDatabase)
	case f == databaseBroken:
		return say(readsDamage)
	case f == notWritable:
		return say(readsNothing)
	case f == databaseBusy:
		return say(readsLocked)
	}
	return err
}

// withoutKey leaves out the key of the exporter.
func (e *fileError) withoutKey() error {
	return &fileError{failure: e.failure, text: strings.TrimPrefix(e.text, "url: "), err: e.err}
}

// explain turns what SQLite says about a file into a sentence that names the
// remedy. Errors that have one, and those of single rows, are left as they are.
func explain(path string, err error) error {
	if err == nil {
		return nil
	}
	if _, done := errors.AsType[*fileError](err); done {
		return err
	}
	if errors.Is(err, ErrNewerSchema) || errors.Is(err, ErrOtherSchema) {
		return fmt.Errorf("url: %s: %w", path, err)
	}
	f := failureOf(err)
	if errors.Is(err, errForeignSchema) {
		return &fileError{failure: f, text: fmt.Sprintf(foreignSyntax, path), err: err}
	}
	say := func(format string, args ...any) error {
		return &fileError{failure: f, text: fmt.Sprintf(format, append([]any{path}, args...)...), err: err}
	}
	switch f {
	case databaseBroken:
		switch {
		case isNotADatabase(err):
			return say(noDatabase)
		case errors.Is(err, errDamaged):
			return say(isDamaged, ": "+err.Error())
		}
		return say(isDamaged, "")
	case databaseBusy:
		return say(isLocked)
	case databaseFull, databaseIO, notWritable:
		return explainPlace(path, f, err)
	}
	return err
}

// explainPlace finds out why a file cannot be read or written: SQLite has few codes
// for many reasons.
func explainPlace(path string, f failure, err error) error {
	say := func(f failure, format string, args ...any) error {
		return &fileError{failure: f, text: fmt.Sprintf(format, append([]any{path}, args...)...), err: err}
	}
	if what := checkPlace(path); what != nil {
		what.err = err
		return what
	}
	if limit, reached := sizeLimitReached(path); reached {
		return say(databaseFull, sizeLimit, limit)
	}
	reason := tryWriting(filepath.Dir(path))
	for _, r := range placeReasons {
		if errors.Is(reason, r.errno) {
			return say(r.failure, r.sentence)
		}
	}
	switch f {
	case databaseFull:
		return say(databaseFull, noRoom)
	case notWritable:
		return say(notWritable, notAllowed)
	}
	if fromSQLite, ok := errors.AsType[*sqlite.Error](err); ok && fromSQLite.Code() == sqlite3.SQLITE_NOMEM {
		return err
	}
	return say(databaseIO, ioTrouble)
}

// tryWriting is why a small file cannot be written in a folder; nil where it can.
func tryWriting(dir string) error {
	f, err := os.CreateTemp(dir, ".otelcol-llm-*")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 64<<10))
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

// checkPlace looks at what lies at the path, and where SQLite puts its own files
// beside it.
func checkPlace(path string) *fileError {
	say := func(format string, args ...any) *fileError {
		return &fileError{failure: notWritable, text: fmt.Sprintf(format, args...)}
	}
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		info, err := os.Stat(path + suffix) //nolint:gosec // the operator names it
		switch {
		case err != nil || info.Mode().IsRegular():
		case suffix == "" && info.IsDir():
			return say("url: %s is a directory; name a file in it", path)
		case suffix == "":
			return say(notRegular, path, kindOf(info.Mode()))
		default:
			return say(besideIs, path+suffix, kindOf(info.Mode()))
		}
	}
	if to, err := os.Readlink(path); err == nil {
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		if _, err := os.Stat(filepath.Dir(to)); errors.Is(err, fs.ErrNotExist) { //nolint:gosec // the operator names it
			return say(danglingLink, path, to)
		}
	}
	return nil
}

// kindOf is what a file is that is none.
func kindOf(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "directory"
	case m&fs.ModeNamedPipe != 0:
		return "named pipe (FIFO)"
	case m&fs.ModeSocket != 0:
		return "socket"
	case m&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}

// errForeignSchema says that the schema of a file is whole, and in words that
// SQLite does not know.
var errForeignSchema = errors.New("the schema is in SQL that only libSQL reads")

// errMalformed is how SQLite begins what it says of a schema that it cannot read.
const errMalformed = "malformed database schema"

// schemaTrouble tells a schema in libSQL's own SQL from one that is damaged, where
// SQLite could not read it: err is what it has said.
func schemaTrouble(ctx context.Context, path string, err error) error {
	if err == nil || !strings.Contains(err.Error(), errMalformed) {
		return err
	}
	if schemaIsText(ctx, path) {
		return errors.Join(errForeignSchema, err)
	}
	return err
}
