package otlpreceiver

import (
	"bytes"
	"context"
	"net"
	"sync"
	"time"

	"go.opentelemetry.io/collector/config/configgrpc"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configtls"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// connectionGrace is how long connections over gRPC stay open at a stop. gRPC asks each
// client to go, and waits a minute for one that does not answer, such as a process that
// is stopped. That is longer than the collector may take, so that tail sampling and
// queues in memory would be ended with what they hold.
const connectionGrace = 4 * time.Second

// connections are those over gRPC.
type connections struct {
	coming *coming               // what has come on them
	alien  func(context.Context) // is told of one that begins with HTTP/1

	mu     sync.Mutex
	open   map[net.Conn]struct{}
	closed bool
}

// stop closes all of them after the grace.
func (c *connections) stop() {
	time.AfterFunc(connectionGrace, func() {
		c.mu.Lock()
		c.closed = true
		open := c.open
		c.open = nil
		c.mu.Unlock()
		for connection := range open {
			_ = connection.Close() // one that has gone meanwhile is no failure
		}
	})
}

func (c *connections) add(connection net.Conn) net.Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	noted := &notedConnection{Conn: connection, all: c, coming: c.coming, closed: make(chan struct{})}
	if c.closed {
		_ = noted.shut()
		return noted
	}
	if c.open == nil {
		c.open = map[net.Conn]struct{}{}
	}
	c.open[noted] = struct{}{}
	return noted
}

// notedConnection is one that is forgotten when it is closed, and whose messages are
// counted while they come.
type notedConnection struct {
	net.Conn
	all    *connections
	coming *coming
	once   sync.Once
	closed chan struct{}
	frames frames // of who reads
	begun  bool
	rest   []byte // that has been read beyond the headers of a call

	// Those below are under the lock of coming.
	messages map[uint32]*message // by stream
	pending  int64               // bytes of all of them
	cut      bool
}

// Read reads on when there is memory for it. It ends at the headers of a call, so that
// gRPC knows of a call before anything of its message comes.
func (c *notedConnection) Read(p []byte) (int, error) {
	if len(c.rest) > 0 {
		n := c.follow(p[:copy(p, c.rest)])
		if c.rest = c.rest[n:]; len(c.rest) == 0 {
			c.rest = nil
		}
		return n, nil
	}
	if err := c.coming.wait(c); err != nil {
		_ = c.Close()
		return 0, err
	}
	n, err := c.Conn.Read(p)
	if !c.begun && n > 0 {
		c.begun = true
		if beginsHTTP1(p[:n]) {
			c.all.alien(context.Background())
		}
	}
	if followed := c.follow(p[:n]); followed < n {
		c.rest = bytes.Clone(p[followed:n])
		return followed, nil // the next read has the error again
	}
	return n, err
}

// beginsHTTP1 reports whether a client that speaks HTTP/1 has begun a request.
func beginsHTTP1(p []byte) bool {
	for _, method := range []string{"POST ", "GET ", "HEAD ", "PUT ", "OPTIONS "} {
		if n := min(len(p), len(method)); n > 1 && string(p[:n]) == method[:n] {
			return true
		}
	}
	return false
}

func (c *notedConnection) follow(p []byte) int {
	return c.frames.follow(p, func(stream uint32, bytes int) { c.coming.data(c, stream, bytes) })
}

// Close closes it.
func (c *notedConnection) Close() error {
	c.all.mu.Lock()
	delete(c.all.open, c)
	c.all.mu.Unlock()
	return c.shut()
}

func (c *notedConnection) shut() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

func (c *notedConnection) isClosed() bool {
	select {
	case <-c.closed:
		return true
	default:
		return false
	}
}

// LocalAddr returns the address, by which a call finds its connection.
func (c *notedConnection) LocalAddr() net.Addr { return &notedAddress{c.Conn.LocalAddr(), c} }

type notedAddress struct {
	net.Addr
	connection *notedConnection
}

// takeTLS takes TLS out of the configuration of gRPC: the guard has to do the handshake,
// which is where a server shows its connections.
func (g *guard) takeTLS(server *configgrpc.ServerConfig) {
	if server.TLS.HasValue() {
		tls := *server.TLS.Get()
		g.tls, server.TLS = &tls, configoptional.None[configtls.ServerConfig]()
	}
}

// credentials are those that the configuration names, and note connections.
func (g *guard) credentials(ctx context.Context) (credentials.TransportCredentials, error) {
	if g.tls == nil {
		return &notingCredentials{insecure.NewCredentials(), &g.connections}, nil
	}
	config, err := g.tls.LoadTLSConfig(ctx)
	if err != nil {
		return nil, err
	}
	return &notingCredentials{credentials.NewTLS(config), &g.connections}, nil
}

type notingCredentials struct {
	credentials.TransportCredentials
	connections *connections
}

// ServerHandshake notes a connection whose handshake is done.
func (c *notingCredentials) ServerHandshake(raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	connection, info, err := c.TransportCredentials.ServerHandshake(raw)
	if err != nil {
		return connection, info, err
	}
	return c.connections.add(connection), info, nil
}

// Clone returns a copy.
func (c *notingCredentials) Clone() credentials.TransportCredentials {
	return &notingCredentials{c.TransportCredentials.Clone(), c.connections}
}
