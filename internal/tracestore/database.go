package tracestore

import (
	"context"
	"fmt"
)

// statement is one SQL statement with its arguments: nil, int64, float64 or
// string.
type statement struct {
	sql  string
	args []any
}

// database is what schema code needs of a file or a server.
type database interface {
	// query runs one statement and calls each with every row of its answer.
	query(ctx context.Context, s statement, each func(row []any) error) error
	// apply runs the statements in one immediate transaction, all or none.
	apply(ctx context.Context, statements []statement) error
}

// asText returns a column as text, whatever its type; "" for NULL.
func asText(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case []byte:
		return string(x)
	default:
		return fmt.Sprint(x)
	}
}

// asInt returns a column as an integer; 0 for NULL and for what is none.
func asInt(v any) int64 {
	switch x := v.(type) {
	case int64:
		return x
	case float64:
		return int64(x)
	case bool:
		if x {
			return 1
		}
	}
	return 0
}

// asFloat returns a column as a number; 0 for NULL and for what is none.
func asFloat(v any) float64 {
	switch x := v.(type) {
	case int64:
		return float64(x)
	case float64:
		return x
	}
	return 0
}
