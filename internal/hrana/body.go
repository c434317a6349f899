package hrana

import (
	"io"
	"sync"
)

// lentBody is the body of a request whose memory will be used again. A transport
// may go on reading it after its answer: an early answer or an end of the
// context overtakes the goroutine that sends.
type lentBody struct {
	mu    sync.Mutex
	bytes []byte
	taken bool
}

// reader reads the body from its beginning.
func (l *lentBody) reader() (io.ReadCloser, error) { return &lentReader{body: l}, nil }

// takeBack returns when nobody reads any more, and nobody will.
func (l *lentBody) takeBack() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bytes, l.taken = nil, true
}

type lentReader struct {
	body *lentBody
	at   int
}

func (r *lentReader) Read(into []byte) (int, error) {
	r.body.mu.Lock()
	defer r.body.mu.Unlock()
	switch {
	case r.body.taken:
		return 0, io.ErrClosedPipe
	case r.at == len(r.body.bytes):
		return 0, io.EOF
	}
	n := copy(into, r.body.bytes[r.at:])
	r.at += n
	return n, nil
}

func (r *lentReader) Close() error { return nil }
