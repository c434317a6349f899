package atomicqueue

import (
	"errors"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// metadataKey is where the upstream queue keeps its indexes, and those of versions
// before v0.140 of the Collector.
const (
	metadataKey         = "qmv0"
	legacyReadKey       = "ri"
	legacyWriteKey      = "wi"
	legacyDispatchedKey = "di"
)

// metadata is the message PersistentMetadata of exporterhelper's
// internal/queue/meta.proto.
type metadata struct {
	items, bytes int64    // sizes of all requests
	read, write  uint64   // requests from read to write wait
	dispatched   []uint64 // requests that are on their way
}

// Field numbers of PersistentMetadata.
const (
	itemsField      = 1
	bytesField      = 2
	readField       = 3
	writeField      = 4
	dispatchedField = 5
)

var errMetadata = errors.New("the metadata of the queue is not readable")

// parseMetadata reads a value of metadataKey.
func parseMetadata(raw []byte) (metadata, error) {
	var m metadata
	for len(raw) > 0 {
		field, wire, n := protowire.ConsumeTag(raw)
		if n < 0 {
			return metadata{}, errMetadata
		}
		raw = raw[n:]
		switch {
		case wire == protowire.Fixed64Type && field <= dispatchedField:
			value, n := protowire.ConsumeFixed64(raw)
			if n < 0 {
				return metadata{}, errMetadata
			}
			raw = raw[n:]
			m.set(field, value)
		case wire == protowire.BytesType && field == dispatchedField:
			packed, n := protowire.ConsumeBytes(raw)
			if n < 0 || len(packed)%8 != 0 {
				return metadata{}, errMetadata
			}
			raw = raw[n:]
			for ; len(packed) > 0; packed = packed[8:] {
				value, _ := protowire.ConsumeFixed64(packed)
				m.set(dispatchedField, value)
			}
		default:
			if n = protowire.ConsumeFieldValue(field, wire, raw); n < 0 {
				return metadata{}, errMetadata
			}
			raw = raw[n:]
		}
	}
	if m.read > m.write || m.items < 0 || m.bytes < 0 {
		return metadata{}, errMetadata
	}
	return m, nil
}

func (m *metadata) set(field protowire.Number, value uint64) {
	switch field {
	case itemsField:
		m.items = int64(value)
	case bytesField:
		m.bytes = int64(value)
	case readField:
		m.read = value
	case writeField:
		m.write = value
	case dispatchedField:
		m.dispatched = append(m.dispatched, value)
	}
}

// encode is what parseMetadata reads. Zeros are left out, as protobuf has it.
func (m metadata) encode() []byte {
	var raw []byte
	add := func(field protowire.Number, value uint64) {
		if value != 0 {
			raw = protowire.AppendTag(raw, field, protowire.Fixed64Type)
			raw = protowire.AppendFixed64(raw, value)
		}
	}
	add(itemsField, uint64(m.items))
	add(bytesField, uint64(m.bytes))
	add(readField, m.read)
	add(writeField, m.write)
	if len(m.dispatched) > 0 {
		raw = protowire.AppendTag(raw, dispatchedField, protowire.BytesType)
		raw = protowire.AppendVarint(raw, uint64(len(m.dispatched))*8)
		for _, index := range m.dispatched {
			raw = protowire.AppendFixed64(raw, index)
		}
	}
	return raw
}

// indexOf reads the key of a request.
func indexOf(key string) (uint64, bool) {
	if key == "" || len(key) > 1 && key[0] == '0' {
		return 0, false
	}
	index, err := strconv.ParseUint(key, 10, 64)
	return index, err == nil && key[0] != '+'
}

func keyOf(index uint64) string { return strconv.FormatUint(index, 10) }
