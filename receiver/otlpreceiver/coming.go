package otlpreceiver

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc/peer"
)

// smallComing is how many bytes of messages a connection may have coming and be small.
const smallComing = 128 << 10

var errCut = errors.New("messages that are still coming take too much memory")

// coming are the bytes of messages over gRPC that have come, on all connections, and that
// nothing has decoded yet. gRPC keeps them until a message is whole, before it asks who
// sends it. Beyond the limit, connections are not read any further, except that
//
//   - small ones are, up to twice the limit: small requests pass large ones, and
//   - one of the others is, by another message, so that honest clients that send much at
//     once come to an end one after the other.
//
// Who waits longer than patience is cut.
type coming struct {
	limit    int64 // bytes
	message  int64 // bytes, of the largest message
	patience time.Duration
	freed    func(bytes int64)

	mu      sync.Mutex
	total   int64
	leaving int64            // of total, what connections have that were cut
	turn    *notedConnection // which may go on beyond the limit
	changed chan struct{}    // closed when total gets less; nil while nobody waits
}

// newComing returns one whose limit is half of what requests may take together, but never
// less than one message takes.
func newComing(limits Limits, message int64, freed func(bytes int64)) *coming {
	limit := max(int64(limits.InFlightMiB)*mib/2, 2*message+mib)
	return &coming{limit: limit, message: message, patience: limits.BusyTimeout, freed: freed}
}

// over says that a connection has to wait.
func (m *coming) over(c *notedConnection) bool {
	if m.total <= m.limit {
		return false
	}
	if c.pending <= smallComing {
		return m.total > 2*m.limit
	}
	if m.turn == nil {
		m.turn = c
	}
	return m.turn != c || m.total > m.limit+m.message
}

// wait returns when a connection may be read, or an error when it may not be any more.
func (m *coming) wait(c *notedConnection) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.over(c) {
		return nil
	}
	timer := time.NewTimer(m.patience)
	defer timer.Stop()
	late := false
	for m.over(c) {
		if late && m.total-m.leaving > m.limit { // else others that were cut make room
			c.cut = true
			m.leaving += c.pending
			m.pass(c)
			m.freed(c.pending)
			return errCut
		}
		if m.changed == nil {
			m.changed = make(chan struct{})
		}
		changed := m.changed
		m.mu.Unlock()
		select {
		case <-changed:
		case <-c.closed:
		case <-timer.C:
			late = true
		}
		m.mu.Lock()
		if c.isClosed() {
			return net.ErrClosed
		}
	}
	return nil
}

// add counts bytes of a connection, which are less than 0 when a message has been decoded
// or need not come any more.
func (m *coming) add(c *notedConnection, bytes int64) {
	c.pending += bytes
	m.total += bytes
	if c.cut {
		m.leaving += bytes
	}
	if bytes < 0 {
		if c.pending <= smallComing {
			m.pass(c)
		}
		m.wake()
	}
}

// pass gives the turn to whoever asks next.
func (m *coming) pass(c *notedConnection) {
	if m.turn == c {
		m.turn = nil
		m.wake()
	}
}

func (m *coming) wake() {
	if m.changed != nil {
		close(m.changed)
		m.changed = nil
	}
}

// message is what has come of the message of a call.
type message struct {
	connection *notedConnection
	stream     uint32
	bytes      int64
	served     bool // its end will be told
}

// begin counts for the call whose headers have just come. gRPC asks for it
// where it reads the connection, so that the call is that of the last headers.
func (m *coming) begin(ctx context.Context) *message {
	from, ok := peer.FromContext(ctx)
	if !ok {
		return nil
	}
	address, ok := from.LocalAddr.(*notedAddress)
	if !ok {
		return nil
	}
	c := address.connection
	m.mu.Lock()
	defer m.mu.Unlock()
	this := &message{connection: c, stream: c.frames.stream}
	if c.messages == nil {
		c.messages = map[uint32]*message{}
	}
	c.messages[this.stream] = this
	// A call that is refused before it is served has no end that anybody is told.
	context.AfterFunc(ctx, func() { this.end(false) })
	return this
}

// data counts a frame of so many bytes, of which a call has the memory.
func (m *coming) data(c *notedConnection, stream uint32, bytes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if this := c.messages[stream]; this != nil { // gRPC drops what is of no call
		taken := frameMemory(int64(bytes))
		this.bytes += taken
		m.add(c, taken)
	}
}

// serve notes that the end of the call will be told.
func (s *message) serve() {
	if s == nil {
		return
	}
	m := s.connection.coming
	m.mu.Lock()
	defer m.mu.Unlock()
	s.served = true
}

// decoded takes off what has come: gRPC does not keep it any longer.
func (s *message) decoded() {
	if s == nil {
		return
	}
	m := s.connection.coming
	m.mu.Lock()
	defer m.mu.Unlock()
	m.add(s.connection, -s.bytes)
	s.bytes = 0
}

// end takes off all that is left, and reports whether the connection was cut. Memory is
// free when a call has been served, and not when its connection is gone.
func (s *message) end(served bool) (cut bool) {
	if s == nil {
		return false
	}
	c := s.connection
	m := c.coming
	m.mu.Lock()
	defer m.mu.Unlock()
	if s.served && !served {
		return c.cut
	}
	delete(c.messages, s.stream)
	m.add(c, -s.bytes)
	s.bytes = 0
	return c.cut
}

// Frames of HTTP/2: https://www.rfc-editor.org/rfc/rfc9113#section-4.1
const (
	prefaceBytes    = 24
	frameHeadBytes  = 9
	frameData       = 0
	frameHeaders    = 1
	frameContinued  = 9
	flagEndsHeaders = 4
)

// frameMemory is how many bytes gRPC takes for a frame: a buffer of one of the sizes of
// its pool (https://pkg.go.dev/google.golang.org/grpc/mem#DefaultBufferPool), but for
// those below 1 KiB, and entries in lists. Otherwise a message in frames of one byte
// would take a hundred times what is counted.
func frameMemory(bytes int64) int64 {
	const entries, smallest, page, largest = 160, 1 << 10, 4 << 10, 16 << 10
	switch {
	case bytes == 0:
		return 0
	case bytes < smallest:
		return bytes + entries
	case bytes <= page:
		return page + entries
	default: // one that is larger than the largest ends the connection
		return largest + entries
	}
}

// frames follows the frames of a connection, from what it reads.
type frames struct {
	before int // bytes of the preface that have come
	head   [frameHeadBytes]byte
	came   int    // bytes of the head that have
	left   int    // bytes of the frame that have not
	stream uint32 // of the frame, also after it has ended
}

// follow reads on, at most to the end of the headers of a call, and returns how far. It
// tells how many bytes a frame of data has, and for which stream, when its head has come.
func (f *frames) follow(p []byte, data func(stream uint32, bytes int)) (n int) {
	n = min(prefaceBytes-f.before, len(p))
	f.before += n
	for n < len(p) {
		if f.came < frameHeadBytes {
			k := copy(f.head[f.came:], p[n:])
			f.came, n = f.came+k, n+k
			if f.came < frameHeadBytes {
				return n
			}
			h := f.head
			f.left = int(h[0])<<16 | int(h[1])<<8 | int(h[2])
			f.stream = (uint32(h[5])<<24 | uint32(h[6])<<16 | uint32(h[7])<<8 | uint32(h[8])) &^ (1 << 31)
			if h[3] == frameData {
				data(f.stream, f.left)
			}
		}
		k := min(f.left, len(p)-n)
		f.left, n = f.left-k, n+k
		if f.left == 0 {
			f.came = 0
			if (f.head[3] == frameHeaders || f.head[3] == frameContinued) && f.head[4]&flagEndsHeaders != 0 {
				return n
			}
		}
	}
	return n
}
