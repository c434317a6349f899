package tracestore

import "time"

// FileOptions say how a database file is opened. The zero value of a field is
// not its default; start from DefaultFileOptions.
type FileOptions struct {
	// Path of the file. It is created where it does not exist.
	Path string
	// JournalMode is "wal" or "delete".
	JournalMode string
	// Synchronous is "full" (a commit is on the disk when Write returns) or
	// "normal" (a power cut may take the last commits, a crash of the process
	// does not).
	Synchronous string
	// BusyTimeout is how long a transaction waits for another process.
	BusyTimeout time.Duration
	// PageSize in bytes, for a file that is created.
	PageSize int
	// Permissions of a file that is created, and at least of one that is there, whatever
	// the umask; those of what SQLite keeps beside it are the same. Prompts are sensitive.
	Permissions uint32
	// CreateDirectory makes the file's directory where it is missing, for its owner and
	// those who may read the file.
	CreateDirectory bool
	// AllowNetworkFilesystem opens a file on NFS, SMB, 9p or virtiofs, where
	// locks are not to be trusted: with a rollback journal, for one process.
	AllowNetworkFilesystem bool
	// CheckMaxSize is the size of a file, in bytes, up to which our tables are
	// checked for damage before it is used, where its last user has not closed it;
	// 0 is never.
	CheckMaxSize int64
	// Quarantine moves a damaged file, or one that is no database, aside and
	// starts a new one in its place. Without it the store does not open, and stops
	// writing where damage shows later.
	Quarantine bool

	room func(path string) room // of its disk; measureRoom where it is nil
}

// DefaultFileOptions returns the defaults for a file: durable, private.
func DefaultFileOptions(path string) FileOptions {
	return FileOptions{
		Path:            path,
		JournalMode:     "wal",
		Synchronous:     "full",
		BusyTimeout:     5 * time.Second,
		PageSize:        4096,
		Permissions:     0o600,
		CreateDirectory: true,
		CheckMaxSize:    64 << 20,
	}
}

// Options say how a store behaves, wherever it is.
type Options struct {
	// RootGrace is how long a trace waits for its root before its earliest span
	// without a stored parent stands in for it. The true root, when it comes,
	// takes its place back.
	RootGrace time.Duration
	// SchemaMustExist makes the store not open where a table is missing or old,
	// instead of making and migrating them.
	SchemaMustExist bool
	// MaxTransactionRows bounds the spans and log records of one transaction of a file:
	// those of waiting writers together, and of a single one.
	MaxTransactionRows int
	// Observe is called after each transaction. For a server several goroutines may
	// call it at the same time.
	Observe func(Transaction)
	// Retention says what is deleted.
	Retention Retention
	// Search says whether payloads have an index of words.
	Search SearchIndex
	// Tended is called after each look at the size and each step of deleting, by one
	// goroutine.
	Tended func(Tended)
	// Notice is told what the operator should know, in a sentence.
	Notice func(string)
	// Info is told what an operator may want to know, in a sentence.
	Info func(string)
	// Reached is called after attempts to make the schema of a server and to look after
	// it, with nil where it can be used, by one goroutine.
	Reached func(error)
	// Now is the clock; time.Now where it is nil.
	Now func() time.Time
	// Uptime is how long the machine has run, by a clock that nobody sets, and a
	// number below 2^53 for this run of it, 0 where that is not known; the machine's
	// where it is nil.
	Uptime func() (up time.Duration, boot int64)
}

// Transaction is what one transaction of the writer did.
type Transaction struct {
	Writes   int // calls of Write and WriteLogs that shared it
	Spans    Result
	Logs     Result
	Bytes    int64         // of the JSON of the spans and log records, duplicates included
	Duration time.Duration // from BEGIN to the end of COMMIT or ROLLBACK
	// Waits is how long each call has waited for the writer of a file; a server is
	// written to without waiting.
	Waits []time.Duration
	Err   error
}

// Result is what became of the spans of a Write, or the records of a WriteLogs.
type Result struct {
	Inserted   int
	Duplicates int // stored already, by an earlier Write
	Rejected   int // cannot be stored; the spans around them were
}

func (r *Result) add(other Result) {
	r.Inserted += other.Inserted
	r.Duplicates += other.Duplicates
	r.Rejected += other.Rejected
}
