package otlpreceiver

import (
	"bytes"
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"golang.org/x/net/http2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/otelcol-llm/otelcol-llm/receiver/otlpreceiver/internal/metadata"
)

// TestFramesAreFollowed, however the network cuts them.
func TestFramesAreFollowed(t *testing.T) {
	var wire bytes.Buffer
	wire.WriteString(http2.ClientPreface)
	framer := http2.NewFramer(&wire, nil)
	var ends []int
	require.NoError(t, framer.WriteSettings())
	require.NoError(t, framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: make([]byte, 10)}))
	require.NoError(t, framer.WriteContinuation(1, true, make([]byte, 300)))
	ends = append(ends, wire.Len())
	require.NoError(t, framer.WriteData(1, false, make([]byte, 16_000)))
	require.NoError(t, framer.WriteDataPadded(1, true, make([]byte, 10), make([]byte, 5)))
	require.NoError(t, framer.WritePing(false, [8]byte{}))
	require.NoError(t, framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1<<31 - 1, EndHeaders: true}))
	ends = append(ends, wire.Len())
	require.NoError(t, framer.WriteData(1<<31-1, false, nil))
	require.NoError(t, framer.WriteData(1<<31-1, true, make([]byte, 7)))
	want := map[uint32]int{1: 16_016, 1<<31 - 1: 7}
	for _, size := range []int{1, 2, 9, 10, 1000, wire.Len()} {
		got := map[uint32]int{}
		var f frames
		var stops []int
		for at := 0; at < wire.Len(); {
			p := wire.Bytes()[at:min(at+size, wire.Len())]
			n := f.follow(p, func(stream uint32, bytes int) { got[stream] += bytes })
			require.Positive(t, n)
			if n < len(p) {
				stops = append(stops, at+n)
			}
			at += n
		}
		assert.Equal(t, want, got, size)
		if size == wire.Len() {
			assert.Equal(t, ends, stops)
		}
	}
}

// aComing has a limit of 10 MiB and messages of 4.
func aComing(patience time.Duration) *coming {
	return &coming{limit: 10 * mib, message: 4 * mib, patience: patience, freed: func(int64) {}}
}

func (m *coming) connect(t *testing.T, bytes int64) *notedConnection {
	t.Helper()
	server, client := net.Pipe()
	t.Cleanup(func() { assert.NoError(t, client.Close()) })
	c := (&connections{coming: m, alien: func(context.Context) {}}).add(server).(*notedConnection)
	t.Cleanup(func() { assert.NoError(t, c.Close()) })
	m.come(c, bytes)
	return c
}

func (m *coming) come(c *notedConnection, bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.add(c, bytes)
}

// TestWhoWaitsForTheMemoryOfOthers.
func TestWhoWaitsForTheMemoryOfOthers(t *testing.T) {
	m := aComing(0)
	first, second, small := m.connect(t, 5*mib), m.connect(t, 5*mib), m.connect(t, smallComing)
	require.NoError(t, m.wait(small), "small requests pass")
	require.NoError(t, m.wait(first), "one may go on")
	require.ErrorIs(t, m.wait(second), errCut, "another may not")
	require.NoError(t, m.wait(small))
	m.come(second, -5*mib)
	require.NoError(t, m.wait(first))
	third := m.connect(t, 5*mib)
	require.ErrorIs(t, m.wait(third), errCut)
	m.come(third, -5*mib)
	m.come(first, 10*mib)
	require.ErrorIs(t, m.wait(first), errCut, "by one message")
	require.NoError(t, m.wait(m.connect(t, 0)))
	m.come(first, -15*mib)
	many := m.connect(t, 20*mib)
	require.ErrorIs(t, m.wait(small), errCut, "small ones are bounded too")
	m.come(many, -20*mib)
	m.come(small, -smallComing)
	assert.Zero(t, m.total)
	assert.Zero(t, m.leaving)
	assert.Nil(t, m.turn)
}

// TestAWaitEnds when others are done, when the connection is closed, and when others
// were cut.
func TestAWaitEnds(t *testing.T) {
	m := aComing(time.Hour)
	first, second := m.connect(t, 6*mib), m.connect(t, 6*mib)
	require.NoError(t, m.wait(first))
	ended := make(chan error)
	wait := func() { ended <- m.wait(second) }
	go wait()
	m.come(first, -6*mib)
	require.NoError(t, <-ended)
	m.come(first, 6*mib)
	require.NoError(t, m.wait(first))
	go wait()
	require.NoError(t, second.Close())
	require.ErrorIs(t, <-ended, net.ErrClosed)
}

// TestNoMoreAreCutThanHaveTo: those that wait see that another which was cut makes room.
func TestNoMoreAreCutThanHaveTo(t *testing.T) {
	m := aComing(0)
	first, second, third := m.connect(t, 3*mib), m.connect(t, 5*mib), m.connect(t, 5*mib)
	require.NoError(t, m.wait(first))
	require.ErrorIs(t, m.wait(second), errCut)
	ended := make(chan error)
	go func() { ended <- m.wait(third) }()
	m.come(second, -4*mib)
	require.NoError(t, <-ended)
}

type takes struct {
	ptraceotlp.UnimplementedGRPCServer
	hold chan struct{}
}

// Export holds requests that have a resource without a span.
func (s *takes) Export(_ context.Context, r ptraceotlp.ExportRequest) (ptraceotlp.ExportResponse, error) {
	if r.Traces().ResourceSpans().Len() == 1 && r.Traces().SpanCount() == 0 {
		<-s.hold
	}
	return ptraceotlp.NewExportResponse(), nil
}

// TestWhatComesDoesNotDrift on a connection that always has a call, of which some are
// given up while their messages come.
func TestWhatComesDoesNotDrift(t *testing.T) {
	g, err := newGuard(receivertest.NewNopSettings(metadata.Type), createDefaultConfig().(*Config))
	require.NoError(t, err)
	m := newComing(g.limits, maxBodyMiB*mib, g.giveBack.after)
	g.connections.coming = m
	options, err := g.GetGRPCServerOptions(t.Context())
	require.NoError(t, err)
	server := grpc.NewServer(append(options, grpc.MaxRecvMsgSize(maxBodyMiB*mib))...)
	hold := make(chan struct{})
	ptraceotlp.RegisterGRPCServer(server, &takes{hold: hold})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	connection, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, connection.Close()) })
	client := ptraceotlp.NewGRPCClient(connection)
	held := make(chan error)
	go func() { // the call that is always there
		one := ptrace.NewTraces()
		one.ResourceSpans().AppendEmpty()
		_, err := client.Export(t.Context(), ptraceotlp.NewExportRequestFromTraces(one))
		held <- err
	}()
	large := ptrace.NewTraces()
	large.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty().SetName(strings.Repeat("n", 10*mib))
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			for i := range 1_000 {
				_, err := client.Export(t.Context(), ptraceotlp.NewExportRequest())
				assert.NoError(t, err)
				if i%200 == 0 {
					ctx, cancel := context.WithTimeout(t.Context(), 3*time.Millisecond)
					_, _ = client.Export(ctx, ptraceotlp.NewExportRequestFromTraces(large))
					cancel()
				}
			}
		})
	}
	all.Wait()
	require.Eventually(t, func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.total == 0
	}, 30*time.Second, time.Millisecond)
	close(hold)
	require.NoError(t, <-held)
	require.Eventually(t, func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.total == 0
	}, 30*time.Second, time.Millisecond)
}

func TestARequestOfHTTP1IsToldByItsBeginning(t *testing.T) {
	for text, want := range map[string]bool{
		"POST /v1/traces HTTP/1.1\r\n": true, "GET / HTTP/1.1\r\n": true, "PO": true, "OPTIONS * HTTP/1.1": true,
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n": false, "P": false, "PRI": false, "\x16\x03\x01\x02\x00": false, "POSTER": false, "": false,
	} {
		assert.Equal(t, want, beginsHTTP1([]byte(text)), "%q", text)
	}
}
