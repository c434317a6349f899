package query

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// missing says what is not there. It is ErrNotFound.
type missing string

func (m missing) Error() string { return string(m) }

// Unwrap is ErrNotFound, whose words are those of a trace.
func (missing) Unwrap() error { return ErrNotFound }

// noSuch is the error of what is asked for by an id.
func noSuch(what, id string) error {
	return missing(fmt.Sprintf("no such %s: %q", what, shorten(id, 64)))
}

// isNotFound tells that a row is gone, or has not come yet, from failures of the store.
func isNotFound(err error) bool { return errors.Is(err, ErrNotFound) }

// shorten cuts text after so many bytes, at the end of a character.
func shorten(text string, limit int) string {
	if limit <= 0 || len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}
