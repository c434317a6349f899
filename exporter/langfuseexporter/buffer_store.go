package langfuseexporter

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"
)

// bufferStore keeps the parts of waiting traces under numbers that count up. Those
// that there may be lie between two bounds, which are stored with them in one
// transaction, so that a process that is killed leaves what the next one finds.
type bufferStore struct {
	client      storage.Client
	first, next uint64
	live        map[uint64]struct{}
	garbage     []uint64 // is sent, and could not be removed
}

const (
	bufferName   = "whole_traces" // of the storage
	boundsKey    = "bounds"
	partKeyStart = "part_"
)

func partKey(key uint64) string { return partKeyStart + strconv.FormatUint(key, 10) }

func openBufferStore(ctx context.Context, host component.Host, id *component.ID, of component.ID) (*bufferStore, error) {
	s := &bufferStore{client: memoryClient{}, live: map[uint64]struct{}{}}
	if id == nil {
		return s, nil
	}
	extension, ok := host.GetExtensions()[*id].(storage.Extension)
	if !ok {
		return nil, fmt.Errorf("sending_queue::storage: %s is not a storage extension of service::extensions", id)
	}
	var err error
	s.client, err = extension.GetClient(ctx, component.KindExporter, of, bufferName)
	return s, err
}

func (s *bufferStore) inMemory() bool { _, ok := s.client.(memoryClient); return ok }

func (s *bufferStore) close(ctx context.Context) error { return s.client.Close(ctx) }

// recover finds what an earlier process has left. A part that cannot be read is left
// out, and logged.
func (s *bufferStore) recover(ctx context.Context, logger *zap.Logger) ([]tracePart, error) {
	bounds, err := s.client.Get(ctx, boundsKey)
	if err != nil {
		return nil, err
	}
	if len(bounds) != 16 {
		if len(bounds) > 0 {
			logger.Error("What waited for the roots of traces is lost: its index on disk is damaged")
		}
		return nil, nil
	}
	s.first, s.next = binary.BigEndian.Uint64(bounds), binary.BigEndian.Uint64(bounds[8:])
	var found []tracePart
	for key := s.first; key < s.next; key++ {
		value, err := s.client.Get(ctx, partKey(key))
		switch {
		case err != nil:
			return nil, err
		case value == nil: // sent and removed
			continue
		}
		metadata, td, err := decodePart(value)
		if err != nil || td.SpanCount() == 0 {
			logger.Error("Spans that waited for the root of their trace are lost: they are damaged on disk", zap.Error(err))
			continue
		}
		s.live[key] = struct{}{}
		id := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).TraceID()
		found = append(found, tracePart{key: key, trace: id, spans: td.SpanCount(), metadata: metadata})
	}
	return found, nil
}

// add stores the spans of traces, all or none.
func (s *bufferStore) add(ctx context.Context, traces map[pcommon.TraceID]ptrace.Traces, metadata string) ([]tracePart, error) {
	marshaler := ptrace.ProtoMarshaler{}
	next := s.next
	var added []tracePart
	var operations []*storage.Operation
	for id, td := range traces {
		body, err := marshaler.MarshalTraces(td)
		if err != nil {
			return nil, err
		}
		operations = append(operations, storage.SetOperation(partKey(next), append([]byte(metadata+"\n"), body...)))
		added = append(added, tracePart{key: next, trace: id, spans: td.SpanCount(), metadata: metadata})
		next++
	}
	operations = append(operations, storage.SetOperation(boundsKey, bounds(s.first, next)))
	if err := s.client.Batch(ctx, operations...); err != nil {
		return nil, err
	}
	s.next = next
	for _, p := range added {
		s.live[p.key] = struct{}{}
	}
	return added, nil
}

func (s *bufferStore) get(ctx context.Context, p tracePart) (ptrace.Traces, error) {
	value, err := s.client.Get(ctx, partKey(p.key))
	if err != nil {
		return ptrace.Traces{}, err
	}
	_, td, err := decodePart(value)
	return td, err
}

// remove removes parts, and those that could not be removed before.
func (s *bufferStore) remove(ctx context.Context, parts []tracePart) error {
	for _, p := range parts {
		delete(s.live, p.key)
		s.garbage = append(s.garbage, p.key)
	}
	first := s.first
	for first < s.next {
		if _, ok := s.live[first]; ok {
			break
		}
		first++
	}
	operations := []*storage.Operation{storage.SetOperation(boundsKey, bounds(first, s.next))}
	for _, key := range s.garbage {
		operations = append(operations, storage.DeleteOperation(partKey(key)))
	}
	if err := s.client.Batch(ctx, operations...); err != nil {
		return err
	}
	s.first, s.garbage = first, nil
	return nil
}

func bounds(first, next uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, first), next)
}

// decodePart reads a stored part: the client's metadata, a line, the spans.
func decodePart(value []byte) (metadata string, td ptrace.Traces, err error) {
	line, body, ok := bytes.Cut(value, []byte("\n"))
	if !ok {
		return "", ptrace.Traces{}, errors.New("not a part of a trace")
	}
	unmarshaler := ptrace.ProtoUnmarshaler{}
	td, err = unmarshaler.UnmarshalTraces(body)
	return string(line), td, err
}

// encodeMetadata is one line; what is equal has the same.
func encodeMetadata(all map[string][]string) string {
	if len(all) == 0 {
		return ""
	}
	line, err := json.Marshal(all)
	if err != nil {
		return ""
	}
	return string(line)
}

// withMetadata is a context with a client's metadata.
func withMetadata(ctx context.Context, line string) context.Context {
	if line == "" {
		return client.NewContext(ctx, client.Info{})
	}
	var all map[string][]string
	if json.Unmarshal([]byte(line), &all) != nil {
		return ctx
	}
	return client.NewContext(ctx, client.Info{Metadata: client.NewMetadata(all)})
}

// memoryClient is a storage in memory.
type memoryClient map[string][]byte

func (m memoryClient) Get(_ context.Context, key string) ([]byte, error) { return m[key], nil }

func (m memoryClient) Set(_ context.Context, key string, value []byte) error {
	m[key] = value
	return nil
}

func (m memoryClient) Delete(_ context.Context, key string) error {
	delete(m, key)
	return nil
}

func (m memoryClient) Batch(ctx context.Context, operations ...*storage.Operation) error {
	for _, o := range operations {
		switch o.Type {
		case storage.Get:
			o.Value = m[o.Key]
		case storage.Set:
			_ = m.Set(ctx, o.Key, o.Value)
		case storage.Delete:
			_ = m.Delete(ctx, o.Key)
		}
	}
	return nil
}

func (memoryClient) Close(context.Context) error { return nil }
