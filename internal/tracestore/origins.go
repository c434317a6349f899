package tracestore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// origins remembers the ids of resources and scopes that are stored, first by
// pointer, since the spans of a batch share them, then by content.
type origins struct {
	byPointer map[any]int64
	byHash    map[string]int64
}

// maxOrigins bounds the memory; beyond it everything is looked up anew.
const maxOrigins = 4096

func newOrigins() origins {
	return origins{byPointer: map[any]int64{}, byHash: map[string]int64{}}
}

func (o *origins) resource(ctx context.Context, dc conn, r *Resource) (int64, error) {
	if id, ok := o.byPointer[r]; ok {
		return id, nil
	}
	return o.find(ctx, dc, r, resourceInsert, resourceSelect, resourceValues(r))
}

func (o *origins) scope(ctx context.Context, dc conn, s *Scope) (int64, error) {
	if id, ok := o.byPointer[s]; ok {
		return id, nil
	}
	return o.find(ctx, dc, s, scopeInsert, scopeSelect, scopeValues(s))
}

const (
	resourceInsert = `INSERT INTO otel_resources (hash, service_name, attributes, dropped_attributes, schema_url) VALUES (?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING`
	resourceSelect = `SELECT id FROM otel_resources WHERE hash = ?`
	scopeInsert    = `INSERT INTO otel_scopes (hash, name, version, attributes, dropped_attributes, schema_url) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING`
	scopeSelect    = `SELECT id FROM otel_scopes WHERE hash = ?`
)

func resourceValues(r *Resource) []any {
	attributes := string(r.Attributes)
	if attributes == "" {
		attributes = "{}"
	}
	return withHash("resource", text(r.ServiceName), attributes, int64(r.DroppedAttributes), text(r.SchemaURL))
}

func scopeValues(s *Scope) []any {
	attributes := string(s.Attributes)
	if attributes == "" {
		attributes = "{}"
	}
	return withHash("scope", text(s.Name), text(s.Version), attributes, int64(s.DroppedAttributes), text(s.SchemaURL))
}

// withHash puts a hash of the values in front of them. Lengths are part of
// what is hashed, so that no two lists run together.
func withHash(kind string, values ...any) []any {
	var content []byte
	content = append(content, kind...)
	for _, v := range values {
		text := asText(v)
		content = strconv.AppendInt(content, int64(len(text)), 10)
		content = append(content, ':')
		content = append(content, text...)
	}
	sum := sha256.Sum256(content)
	return append([]any{hex.EncodeToString(sum[:16])}, values...)
}

// find returns the id of an origin and stores it where it is new.
func (o *origins) find(ctx context.Context, dc conn, pointer any, insert, sel string, values []any) (int64, error) {
	hash := asText(values[0])
	id, ok := o.byHash[hash]
	if !ok {
		if _, err := dc.ExecContext(ctx, insert, named(values)); err != nil {
			return 0, err
		}
		err := queryConn(ctx, dc, statement{sql: sel, args: values[:1]}, func(row []any) error {
			id = asInt(row[0])
			return nil
		})
		if err != nil {
			return 0, err
		}
		if len(o.byHash) >= maxOrigins {
			clear(o.byHash)
		}
		o.byHash[hash] = id
	}
	o.byPointer[pointer] = id
	return id, nil
}

// forgetPointers must be called when a transaction is over: after it, a pointer
// may be used again for another content.
func (o *origins) forgetPointers() { clear(o.byPointer) }
