package otlpreceiver

import (
	"io"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
	"google.golang.org/grpc/encoding"
)

// A gRPC server decompresses a message before anything can look at it, as many as there
// are calls, and has one list of compressions for the process. So those that upstream
// registers are wrapped: beyond freeBytes a message needs one of a few slots.
const (
	freeBytes = 128 << 10
	slots     = 8
	// slotTimeout is how long a message may have a slot: gRPC does not say when it stops
	// reading one that is too large.
	slotTimeout = 5 * time.Second
	// slotWait is how long a message waits for a slot. Then it goes on without, because
	// an error here would have a code that clients do not send again after.
	slotWait = 30 * time.Second
)

var inflating = make(chan struct{}, slots)

func init() { //nolint:gochecknoinits // RegisterCompressor has to be called here
	for _, name := range []string{"gzip", "snappy", "zstd"} {
		if inner := encoding.GetCompressor(name); inner != nil {
			encoding.RegisterCompressor(&boundedCompressor{inner})
		}
	}
}

// boundedCompressor compresses as its inner one does, and bounds what decompressing
// takes.
type boundedCompressor struct{ encoding.Compressor }

// Decompress returns a reader that waits for a slot.
func (c *boundedCompressor) Decompress(r io.Reader) (io.Reader, error) {
	if c.Name() == "zstd" {
		decoder, err := newZstd(r)
		if err != nil {
			return nil, err
		}
		return &boundedReader{Reader: decoder, done: func() { giveBack(decoder) }}, nil
	}
	inner, err := c.Compressor.Decompress(r)
	if err != nil {
		return nil, err
	}
	return &boundedReader{Reader: inner, done: func() {}}, nil
}

func giveBack(decoder *zstd.Decoder) {
	if decoder.Reset(nil) == nil {
		zstdReaders.Put(decoder)
	}
}

type boundedReader struct {
	io.Reader
	read  int
	slot  func() // gives it back; nil before there is one
	done  func()
	ended bool
}

// Read decompresses.
func (b *boundedReader) Read(p []byte) (int, error) {
	if b.ended {
		return 0, io.EOF
	}
	if b.read > freeBytes && b.slot == nil {
		b.wait()
	}
	n, err := b.Reader.Read(p)
	b.read += n
	if err != nil {
		b.ended = true
		if b.slot != nil {
			b.slot()
		}
		b.done()
	}
	return n, zstdError(err)
}

func (b *boundedReader) wait() {
	timer := time.NewTimer(slotWait)
	defer timer.Stop()
	select {
	case inflating <- struct{}{}:
		give := sync.OnceFunc(func() { <-inflating })
		late := time.AfterFunc(slotTimeout, give)
		b.slot = func() { late.Stop(); give() }
	case <-timer.C:
		b.slot = func() {}
	}
}
