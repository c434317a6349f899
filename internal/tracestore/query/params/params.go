// Package params turns the filters of the query room into parameters of a URL and back.
// The tag query of a field is its name.
package params

import (
	"fmt"
	"math"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Param is a parameter that a filter understands.
type Param struct {
	Name string
	Type string // strings, string, integer, number, duration, time
}

// Of lists the parameters of a filter, a struct or a pointer to one, sorted by name.
func Of(filter any) []Param {
	var found []Param
	t := reflect.TypeOf(filter)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	each(reflect.New(t).Elem(), func(name string, v reflect.Value) { found = append(found, Param{name, typeOf(v)}) })
	slices.SortFunc(found, func(a, b Param) int { return strings.Compare(a.Name, b.Name) })
	return found
}

// Error is a parameter that cannot be understood. Its text does not repeat the value.
type Error struct{ Name, Problem string }

// Error is the sentence.
func (e *Error) Error() string { return e.Name + ": " + e.Problem }

// Decode reads parameters into a filter. A parameter that the filter does not have is an
// error: one that is misspelt would not narrow anything.
func Decode(values url.Values, filter any) error {
	known := map[string]reflect.Value{}
	each(reflect.ValueOf(filter).Elem(), func(name string, v reflect.Value) { known[name] = v })
	for _, name := range slices.Sorted(keys(values)) {
		v, ok := known[name]
		if !ok {
			return &Error{strconv.Quote(name), "is not a parameter here; there are " + strings.Join(slices.Sorted(keys(known)), ", ")}
		}
		if err := set(v, values[name]); err != "" {
			return &Error{name, err}
		}
	}
	return nil
}

// Encode is the reverse of Decode: zero values are left out.
func Encode(filter any) url.Values {
	values := url.Values{}
	v := reflect.ValueOf(filter)
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	each(v, func(name string, v reflect.Value) {
		if v.IsZero() {
			return
		}
		switch value := v.Interface().(type) {
		case []string:
			values[name] = slices.Clone(value)
		case time.Time:
			values.Set(name, value.UTC().Format(time.RFC3339Nano))
		case time.Duration:
			values.Set(name, value.String())
		case float64:
			values.Set(name, strconv.FormatFloat(value, 'g', -1, 64))
		default:
			values.Set(name, fmt.Sprint(value))
		}
	})
	return values
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// each calls visit with the fields that have a name, those of embedded structs too.
func each(v reflect.Value, visit func(string, reflect.Value)) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Anonymous {
			each(v.Field(i), visit)
		} else if name := field.Tag.Get("query"); name != "" {
			visit(name, v.Field(i))
		}
	}
}

func typeOf(v reflect.Value) string {
	switch v.Interface().(type) {
	case []string:
		return "strings"
	case string:
		return "string"
	case time.Time:
		return "time"
	case time.Duration:
		return "duration"
	case float64:
		return "number"
	case int, int64:
		return "integer"
	}
	panic(fmt.Sprintf("params: a filter has a field of type %s, which has no form in a URL", v.Type()))
}

// set returns what is wrong, "" where nothing is.
func set(v reflect.Value, texts []string) string {
	kind := typeOf(v)
	if kind == "strings" {
		v.Set(reflect.ValueOf(slices.Clone(texts)))
		return ""
	}
	if len(texts) != 1 {
		return "stands more than once"
	}
	text := texts[0]
	if text == "" {
		return "" // as a form sends what was not filled in
	}
	switch kind {
	case "string":
		v.SetString(text)
	case "time":
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return "is not a time such as 2026-11-30T09:00:00Z"
		}
		v.Set(reflect.ValueOf(at))
	case "duration":
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return "is not a duration such as 1.5s, 300ms or 2m"
		}
		v.SetInt(int64(d))
	case "number":
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) || f < 0 {
			return "is not a number of 0 or more, such as 0.25"
		}
		v.SetFloat(f)
	case "integer":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || v.OverflowInt(n) {
			return "is not a whole number of 0 or more"
		}
		v.SetInt(n)
	}
	return ""
}
