package query

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// ErrNotFound says that there is no such trace, span or session.
var ErrNotFound = tracestore.ErrNotFound

// ErrAmbiguous says that several traces begin with an id.
var ErrAmbiguous = errors.New("several traces begin with this id")

// ErrInvalid is in the chain of an error that says what is wrong with a question: an
// order that there is not, a cursor of another list.
var ErrInvalid = errors.New("this cannot be asked")

// invalid is an error whose text says what is wrong with a question.
type invalid string

func (i invalid) Error() string        { return string(i) }
func (i invalid) Is(target error) bool { return target == ErrInvalid }

func invalidf(format string, args ...any) error { return invalid(fmt.Sprintf(format, args...)) }

// Store is a Source that reads a trace store.
type Store struct {
	db *tracestore.Reader
	// place and kind are those of StoreInfo.
	place, kind string
	now         func() time.Time
}

// Open opens the file of a trace store. It must exist.
func Open(ctx context.Context, path string) (*Store, error) {
	db, err := tracestore.OpenReader(ctx, path)
	if err != nil {
		return nil, err
	}
	return &Store{db: db, place: path, kind: "file", now: time.Now}, nil
}

// NewServer returns a Store that is on a libSQL server. It does not connect.
func NewServer(client *hrana.Client) *Store {
	return &Store{db: tracestore.NewServerReader(client), place: withoutSecrets(client.URL()), kind: "server", now: time.Now}
}

// withoutSecrets is a URL without a password and what follows the path.
func withoutSecrets(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// SetClock makes the store read the time from now, which tells a trace that is running
// from one that has broken off. It must be called before the store is used.
func (s *Store) SetClock(now func() time.Time) { s.now = now }

// Close closes the store.
func (s *Store) Close() error { return s.db.Close() }

// rows calls each with every row of a question.
func (s *Store) rows(ctx context.Context, q *sqlText, each func(r *row) error) error {
	return s.db.Query(ctx, q.String(), q.args, func(values []any) error { return each(&row{values: values}) })
}
