package pricing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// object is one JSON object of a price file under strict reading: every key must be taken once, a key that is left
// over or given twice is an error, and every error starts with the path of the entry.
type object struct {
	path   string
	fields map[string]json.RawMessage
	known  []string
}

func readObject(path string, raw json.RawMessage) (*object, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	open, err := dec.Token()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if open != json.Delim('{') {
		return nil, fmt.Errorf("%s: expected an object", path)
	}
	o := &object{path: path, fields: map[string]json.RawMessage{}}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		name, _ := key.(string)
		if _, twice := o.fields[name]; twice {
			return nil, fmt.Errorf("%s: key %q is given twice", path, name)
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", path, name, err)
		}
		o.fields[name] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: more than one value", path)
	}
	return o, nil
}

// take decodes the field into v, and leaves v as it is when the field is absent or null.
func (o *object) take(key string, v any) error {
	o.known = append(o.known, key)
	raw, ok := o.fields[key]
	if !ok {
		return nil
	}
	delete(o.fields, key)
	if string(raw) == "null" {
		return nil
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("%s.%s: expected %s", o.path, key, kindOf(v))
	}
	return nil
}

func kindOf(v any) string {
	switch v.(type) {
	case *string:
		return "a text"
	case *bool:
		return "true or false"
	case *int64, *int, *json.Number:
		return "a number"
	case *[]string:
		return "a list of texts"
	case *[]json.RawMessage:
		return "a list"
	default:
		return "an object"
	}
}

// number takes a number, or a text that holds one, as it was written.
func (o *object) number(key string) (string, bool, error) {
	o.known = append(o.known, key)
	raw, ok := o.fields[key]
	if !ok || string(raw) == "null" {
		delete(o.fields, key)
		return "", false, nil
	}
	delete(o.fields, key)
	if raw[0] == '"' {
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return "", false, fmt.Errorf("%s.%s: %w", o.path, key, err)
		}
		return s, true, nil
	}
	return string(raw), true, nil
}

// done fails when a key was not taken, and names the one that was probably meant.
func (o *object) done() error {
	if len(o.fields) == 0 {
		return nil
	}
	unknown := make([]string, 0, len(o.fields))
	for key := range o.fields {
		unknown = append(unknown, key)
	}
	slices.Sort(unknown)
	key := unknown[0]
	if near := nearest(key, o.known); near != "" {
		return fmt.Errorf("%s: unknown key %q, did you mean %q?", o.path, key, near)
	}
	return fmt.Errorf("%s: unknown key %q", o.path, key)
}

// nearest returns the candidate within two edits of the key, if there is one.
func nearest(key string, candidates []string) string {
	best, distance := "", 3
	for _, c := range candidates {
		if d := editDistance(strings.ToLower(key), c); d < distance {
			best, distance = c, d
		}
	}
	return best
}

func editDistance(a, b string) int {
	if len(a)-len(b) > 2 || len(b)-len(a) > 2 {
		return 3
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
