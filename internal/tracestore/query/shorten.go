package query

import (
	"errors"
	"unicode/utf8"
)

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
