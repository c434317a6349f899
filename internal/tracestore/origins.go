package tracestore

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
)

// Resources and scopes are stored once. Their ids are hashes of their content,
// so that a row can name its origin without asking the database: 52 bits, which
// JavaScript can hold.

const (
	resourceInsert = `INSERT INTO otel_resources (id, service_name, attributes, dropped_attributes, schema_url) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`
	scopeInsert    = `INSERT INTO otel_scopes (id, name, version, attributes, dropped_attributes, schema_url) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`
)

// origins are the ids of the resources and scopes of one transaction, whose
// spans share them by pointer.
type origins struct {
	ids map[any]int64
	// store are the statements that store them, one for each id. They run in every
	// transaction: whoever shares the database may have deleted what an earlier one
	// has stored.
	store  []statement
	stored map[int64]bool
}

func newOrigins() *origins { return &origins{ids: map[any]int64{}, stored: map[int64]bool{}} }

func (o *origins) resource(r *Resource) int64 {
	if id, ok := o.ids[r]; ok {
		return id
	}
	return o.add(r, resourceInsert, "resource", text(r.ServiceName), attributesText(r.Attributes), int64(r.DroppedAttributes), text(r.SchemaURL))
}

func (o *origins) scope(s *Scope) int64 {
	if id, ok := o.ids[s]; ok {
		return id
	}
	return o.add(s, scopeInsert, "scope", text(s.Name), text(s.Version), attributesText(s.Attributes), int64(s.DroppedAttributes), text(s.SchemaURL))
}

func attributesText(j JSON) string {
	if j == "" {
		return "{}"
	}
	return string(j)
}

func (o *origins) add(pointer any, insert, kind string, values ...any) int64 {
	id := contentID(kind, values)
	o.ids[pointer] = id
	if !o.stored[id] {
		o.stored[id] = true
		o.store = append(o.store, statement{sql: insert, args: append([]any{id}, values...)})
	}
	return id
}

// contentID hashes values. Lengths are part of what is hashed, so that no two
// lists run together.
func contentID(kind string, values []any) int64 {
	content := append([]byte(nil), kind...)
	for _, v := range values {
		text := asText(v)
		content = strconv.AppendInt(content, int64(len(text)), 10)
		content = append(content, ':')
		content = append(content, text...)
	}
	sum := sha256.Sum256(content)
	return int64(binary.BigEndian.Uint64(sum[:8]) >> 12)
}
