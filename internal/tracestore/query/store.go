package query

import (
	"context"
	"errors"

	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// ErrNotFound says that there is no such trace, span or session.
var ErrNotFound = tracestore.ErrNotFound

// ErrAmbiguous says that several traces begin with an id.
var ErrAmbiguous = errors.New("several traces begin with this id")

// Store is a Source that reads a trace store.
type Store struct{ db *tracestore.Reader }

// Open opens the file of a trace store. It must exist.
func Open(ctx context.Context, path string) (*Store, error) {
	db, err := tracestore.OpenReader(ctx, path)
	if err != nil {
		return nil, err
	}
	return &Store{db}, nil
}

// NewServer returns a Store that is on a libSQL server. It does not connect.
func NewServer(client *hrana.Client) *Store { return &Store{tracestore.NewServerReader(client)} }

// Close closes the store.
func (s *Store) Close() error { return s.db.Close() }
