package query

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
)

// A page ends at a key, the value that the list is in the order of and the id of the
// row. The next page begins below it, so that what comes meanwhile moves nothing.

// place is where a page ends. It is bound to the list that it belongs to.
type place struct {
	Key  any    `json:"k"`
	ID   any    `json:"i"`
	List string `json:"l"` // see listOf
}

// errCursor is what a cursor is answered that does not belong to the list.
const errCursor = invalid("the cursor does not belong to this list: begin without one, and keep the filters and the order while paging")

// listOf names a list by what its filter and order are.
func listOf(kind string, filter any) string {
	text, err := json.Marshal(filter)
	if err != nil { // a filter has nothing that JSON cannot say but NaN
		text = []byte(err.Error())
	}
	sum := sha256.Sum256(append([]byte(kind+" "), text...))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

func (p place) String() string {
	text, err := json.Marshal(p)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// placeOf reads a cursor of a list; nil is its beginning. Key and ID are an int64, a float64
// or a string.
func placeOf(cursor, list string) (*place, error) {
	if cursor == "" {
		return nil, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, errCursor
	}
	var raw struct {
		Key  json.RawMessage `json:"k"`
		ID   json.RawMessage `json:"i"`
		List string          `json:"l"`
	}
	if json.Unmarshal(text, &raw) != nil || raw.List != list {
		return nil, errCursor
	}
	p := &place{List: list}
	for from, to := range map[*json.RawMessage]*any{&raw.Key: &p.Key, &raw.ID: &p.ID} {
		if *to = scalar(*from); *to == nil {
			return nil, errCursor
		}
	}
	return p, nil
}

// scalar is an int64, a float64 or a string; nil is none of them.
func scalar(text json.RawMessage) any {
	var n int64
	var f float64
	var s string
	switch {
	case string(text) == "null":
	case json.Unmarshal(text, &n) == nil:
		return n
	case json.Unmarshal(text, &f) == nil:
		return f
	case json.Unmarshal(text, &s) == nil:
		return s
	}
	return nil
}

// limits of a list.
const (
	defaultLimit = 100
	maxLimit     = 1000
)

// pageLimit is how many rows a page has.
func pageLimit(limit int) int {
	if limit <= 0 {
		return defaultLimit
	}
	return min(limit, maxLimit)
}
