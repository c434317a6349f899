package otlpreceiver

import (
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
	noted := &notedConnection{Conn: connection, all: c}
	if c.closed {
		_ = connection.Close()
		return noted
	}
	if c.open == nil {
		c.open = map[net.Conn]struct{}{}
	}
	c.open[noted] = struct{}{}
	return noted
}

// notedConnection is one that is forgotten when it is closed.
type notedConnection struct {
	net.Conn
	all *connections
}

// Close closes it.
func (c *notedConnection) Close() error {
	c.all.mu.Lock()
	delete(c.all.open, c)
	c.all.mu.Unlock()
	return c.Conn.Close()
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
