package atomicqueue

import (
	"context"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"
)

// TestOtherVersionsReadTheFile: what upstream's own queue has left comes out here, and
// what is left here comes out of upstream's, at whatever moment the process was killed.
func TestOtherVersionsReadTheFile(t *testing.T) {
	lives := map[string][]bool{ // whether the process of each life has upstream's alone
		"upgrade": {true, false}, "downgrade": {false, true}, "there and back": {true, false, true, false}, "and again": {false, true, false},
		"restarts before a downgrade": {false, false, false, true},
	}
	for name, plain := range lives {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var sent []string
			got := map[string]bool{}
			for life, upstream := range plain {
				p, err := start(t, dir, options{consumers: 4, plain: upstream})
				require.NoError(t, err)
				if life == len(plain)-1 {
					p.up()
					p.eventually(func() bool {
						for _, name := range p.got() {
							got[name] = true
						}
						return len(got) == len(sent)
					}, "%v are sent, %v arrive", sent, got)
					p.eventually(func() bool { return (&trial{t: t, dir: dir}).left() == 0 }, "nothing stays")
					continue
				}
				for n := range 10 {
					sent = append(sent, fmt.Sprint(life, "/", n))
					require.NoError(t, p.send(sent[len(sent)-1], 500))
				}
				p.eventually(func() bool { return p.under() == 4 }, "four are under way")
				p.mu.Lock()
				var one string
				for one = range p.release {
					break
				}
				p.mu.Unlock()
				before := (&trial{t: t, dir: dir}).left()
				require.True(t, p.take(one))
				p.eventually(func() bool { return (&trial{t: t, dir: dir}).left() == before-1 && p.under() == 4 }, "another follows")
				got[one] = true
				dir = p.kill()
				p.stop()
			}
		})
	}
}

// TestTheOldestFormat is that of the Collector before v0.140.
func TestTheOldestFormat(t *testing.T) {
	dir := filled(t, 100)
	set := openStorage(t, dir, zap.NewNop(), options{plain: true})
	client, err := set.GetClient(t.Context(), component.KindExporter, exporterID, "traces")
	require.NoError(t, err)
	raw, err := client.Get(t.Context(), metadataKey)
	require.NoError(t, err)
	m, err := parseMetadata(raw)
	require.NoError(t, err)
	number := func(n uint64) []byte { return binary.LittleEndian.AppendUint64(nil, n) }
	dispatched := binary.LittleEndian.AppendUint32(nil, uint32(len(m.dispatched)))
	for _, index := range m.dispatched {
		dispatched = binary.LittleEndian.AppendUint64(dispatched, index)
	}
	require.NoError(t, client.Batch(t.Context(), storage.DeleteOperation(metadataKey),
		storage.SetOperation(legacyReadKey, number(m.read)), storage.SetOperation(legacyWriteKey, number(m.write)),
		storage.SetOperation(legacyDispatchedKey, dispatched)))
	require.NoError(t, client.Close(context.Background()))
	p, err := start(t, dir, options{consumers: 3})
	require.NoError(t, err)
	require.NoError(t, p.send("new", 100))
	p.up()
	p.eventually(func() bool { return len(p.got()) == requests+1 }, "all arrive")
}

// TestMetadataThatCannotBeRead is made anew from the requests that are there.
func TestMetadataThatCannotBeRead(t *testing.T) {
	for name, value := range map[string][]byte{
		"noise": noise(40, 9), "none": nil, "read before write": metadata{read: 50, write: 44}.encode(), "zeros": make([]byte, 40),
	} {
		t.Run(name, func(t *testing.T) {
			dir := filled(t, 100)
			client, err := openStorage(t, dir, zap.NewNop(), options{plain: true}).GetClient(t.Context(), component.KindExporter, exporterID, "traces")
			require.NoError(t, err)
			op := storage.SetOperation(metadataKey, value)
			if value == nil {
				op = storage.DeleteOperation(metadataKey)
			}
			require.NoError(t, client.Batch(t.Context(), op))
			require.NoError(t, client.Close(context.Background()))
			p, err := start(t, dir, options{consumers: 3})
			require.NoError(t, err)
			p.up()
			p.eventually(func() bool { return len(p.got()) == requests }, "all arrive")
			assert.Equal(t, 1, p.log.FilterMessageSnippet("metadata of a queue on disk cannot be read").Len())
		})
	}
}
