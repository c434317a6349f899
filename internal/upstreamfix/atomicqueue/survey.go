package atomicqueue

import (
	"context"
	"encoding/binary"
	"slices"

	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// survey reads the indexes of all requests and the metadata. A storage that cannot be
// walked through has those that its metadata lists.
func survey(ctx context.Context, inner storage.Client) (found, error) {
	meta := storage.GetOperation(metadataKey)
	legacy := []*storage.Operation{
		storage.GetOperation(legacyReadKey), storage.GetOperation(legacyWriteKey), storage.GetOperation(legacyDispatchedKey),
	}
	if err := inner.Batch(ctx, append(legacy, meta)...); err != nil {
		return found{}, err
	}
	f := found{metadata: func() (metadata, error) { return parseMetadata(meta.Value) }}
	if meta.Value == nil && legacy[0].Value != nil {
		f.legacy = true
		f.metadata = func() (metadata, error) {
			return parseLegacy(legacy[0].Value, legacy[1].Value, legacy[2].Value)
		}
	}
	walker, ok := inner.(storage.Walker)
	if !ok {
		on, err := f.metadata()
		f.indexes = listed(on)
		return f, err
	}
	err := walker.Walk(ctx, func(key string, _ []byte) ([]*storage.Operation, error) {
		if index, ok := indexOf(key); ok {
			f.indexes = append(f.indexes, index)
		}
		return nil, nil
	})
	if err != nil {
		return found{}, err
	}
	if len(f.indexes) > 0 {
		whole := f.metadata
		f.metadata = func() (metadata, error) {
			on, err := whole()
			if err == nil && on.write == 0 {
				err = errMetadata // requests, and nothing that says so
			}
			if err != nil { // all that is there waits
				on = metadata{read: slices.Min(f.indexes), write: slices.Max(f.indexes) + 1}
			}
			return on, err
		}
	}
	return f, nil
}

// listed are the indexes that metadata knows.
func listed(on metadata) []uint64 {
	indexes := slices.DeleteFunc(slices.Clone(on.dispatched), func(index uint64) bool { return index >= on.read })
	for index := on.read; index < on.write; index++ {
		indexes = append(indexes, index)
	}
	return indexes
}

// parseLegacy reads the metadata of versions before v0.140 of the Collector: numbers of
// 64 bits, and a list of them behind its length in 32 bits.
func parseLegacy(read, write, dispatched []byte) (metadata, error) {
	if len(read) < 8 || len(write) < 8 {
		return metadata{}, errMetadata
	}
	m := metadata{read: binary.LittleEndian.Uint64(read), write: binary.LittleEndian.Uint64(write)}
	if m.read > m.write {
		return metadata{}, errMetadata
	}
	if len(dispatched) < 4 {
		return m, nil
	}
	n := int(binary.LittleEndian.Uint32(dispatched))
	if len(dispatched) < 4+8*n {
		return metadata{}, errMetadata
	}
	for i := range n {
		m.dispatched = append(m.dispatched, binary.LittleEndian.Uint64(dispatched[4+8*i:]))
	}
	return m, nil
}
