package receiver

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// shortLimits make the times short; the defaults are 5 s and 15 s.
const shortLimits = "yaml:receivers::otlp: {limits: {body_timeout: 300ms}, protocols: {http: {read_header_timeout: 300ms, idle_timeout: 300ms}}}"

// ended reads a connection to its end, which the collector has to make.
func ended(t *testing.T, connection net.Conn) string {
	t.Helper()
	require.NoError(t, connection.SetReadDeadline(time.Now().Add(time.Minute)))
	answer, err := io.ReadAll(connection)
	if err != nil {
		require.NotErrorIs(t, err, io.ErrNoProgress)
		var late net.Error
		if assert.ErrorAs(t, err, &late) {
			require.False(t, late.Timeout(), "the connection is still open")
		}
	}
	return string(answer)
}

func dial(t *testing.T, url string) net.Conn {
	t.Helper()
	_, address, _ := strings.Cut(url, "://")
	connection, err := net.Dial("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

// TestSlowConnectionsEnd: whoever sends nothing holds a connection for seconds.
func TestSlowConnectionsEnd(t *testing.T) {
	c := e2e.StartCollector(t, "--config", "mastra:env", "--config", shortLimits)
	const head = "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"
	var open []net.Conn
	for _, sent := range []string{
		"", "POST", head, head + "X: y", head + "Content-Length: 100\r\n\r\n", head + "Content-Length: 100\r\n\r\nabc",
		head + "Transfer-Encoding: chunked\r\n\r\n", head + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
		head + "Content-Encoding: gzip\r\nContent-Length: 100\r\n\r\n\x1f\x8b",
	} {
		for range 20 {
			connection := dial(t, c.HTTP)
			_, err := connection.Write([]byte(sent))
			require.NoError(t, err)
			open = append(open, connection)
		}
	}
	for _, connection := range open {
		ended(t, connection)
	}
	body := dial(t, c.HTTP)
	_, err := body.Write([]byte(head + "Content-Length: 100\r\n\r\nabc"))
	require.NoError(t, err)
	answer := ended(t, body)
	assert.Contains(t, answer, "HTTP/1.1 503")
	assert.Contains(t, answer, "Retry-After: 1")
	assert.Contains(t, answer, "the body came slower than 16 KiB a second for 300ms (limits::body_timeout of the receiver)")
	code, _ := post(t, c.HTTP+"/v1/traces", protobuf, "", marshal(t, aSpan("after")))
	assert.Equal(t, http.StatusOK, code)
	value := e2e.Scrape(t, c.Metrics)
	assert.Positive(t, value("otelcol_receiver_otlp_refused_requests", `reason="too_slow"`, `transport="http"`))
	require.NoError(t, c.Stop())
}

// TestTheReadTimeoutOfHTTPHolds beside the receiver's own.
func TestTheReadTimeoutOfHTTPHolds(t *testing.T) {
	c := e2e.StartCollector(t, "--config", "mastra:env", "--config", "yaml:receivers::otlp: {limits: {body_timeout: 10m}, protocols: {http: {read_timeout: 300ms}}}")
	connection := dial(t, c.HTTP)
	_, err := connection.Write([]byte("POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: 100\r\n\r\nabc"))
	require.NoError(t, err)
	assert.Contains(t, ended(t, connection), "HTTP/1.1 503")
	require.NoError(t, c.Stop())
}

// TestWhoAnnouncesMuchAndSendsNothingKeepsNobodyWaiting.
func TestWhoAnnouncesMuchAndSendsNothingKeepsNobodyWaiting(t *testing.T) {
	c := e2e.StartCollector(t, "--config", "mastra:env", "--config", "yaml:receivers::otlp::limits: {busy_timeout: 0s}")
	for range 100 {
		connection := dial(t, c.HTTP)
		_, err := connection.Write([]byte("POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: 20000000\r\n\r\nabc"))
		require.NoError(t, err)
	}
	code, answer := post(t, c.HTTP+"/v1/traces", protobuf, "", marshal(t, aSpan(strings.Repeat("n", 10*mib))))
	assert.Equal(t, http.StatusOK, code, answer)
	require.NoError(t, c.Stop())
}

// TestSlowClientsDoNotHoldUpAStop: upstream waits for all that has begun, longer than the
// process may take, and exporters come to an end after the receiver only.
func TestSlowClientsDoNotHoldUpAStop(t *testing.T) {
	c := e2e.StartCollector(t)
	for _, sent := range []string{"", "POST /v1/traces HTTP/1.1\r\n", "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: 100\r\n\r\nabc"} {
		_, err := dial(t, c.HTTP).Write([]byte(sent))
		require.NoError(t, err)
	}
	dial(t, c.GRPC)
	framer := slowCall(t, dial(t, c.GRPC))
	ping := [8]byte{1}
	require.NoError(t, framer.WritePing(false, ping))
	for { // the collector knows of the call
		frame, err := framer.ReadFrame()
		require.NoError(t, err)
		if p, ok := frame.(*http2.PingFrame); ok && p.IsAck() && p.Data == ping {
			break
		}
	}
	require.NoError(t, c.Stop())
	assert.NotContains(t, c.Log(), "Not stopped within")
}

// slowCall begins a call over gRPC and sends a part of its message.
func slowCall(t *testing.T, connection net.Conn) *http2.Framer {
	t.Helper()
	_, err := connection.Write([]byte(http2.ClientPreface))
	require.NoError(t, err)
	framer := http2.NewFramer(connection, bufio.NewReader(connection))
	require.NoError(t, framer.WriteSettings())
	require.NoError(t, framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: grpcHeaders(), EndHeaders: true}))
	require.NoError(t, framer.WriteData(1, false, []byte{0, 0, 0, 0, 100, 1, 2, 3}))
	return framer
}

// TestASlowMessageOverGRPCEnds, and so does a connection that says nothing.
func TestASlowMessageOverGRPCEnds(t *testing.T) {
	c := e2e.StartCollector(t, "--config", "mastra:env", "--config", shortLimits)
	silent := dial(t, c.GRPC)
	connection := dial(t, c.GRPC)
	framer := slowCall(t, connection)
	require.NoError(t, connection.SetReadDeadline(time.Now().Add(time.Minute)))
	for {
		frame, err := framer.ReadFrame()
		require.NoError(t, err, "the stream is still open")
		if header := frame.Header(); header.StreamID == 1 && (header.Type == http2.FrameHeaders || header.Type == http2.FrameRSTStream) {
			break
		}
	}
	eventually(t, func() bool {
		return e2e.Scrape(t, c.Metrics)("otelcol_receiver_otlp_refused_requests", `reason="too_slow"`, `transport="grpc"`) > 0
	}, "the slow message is not counted")
	ended(t, silent)
	require.NoError(t, export(t, openGRPC(t, c), marshal(t, aSpan("after"))))
	require.NoError(t, c.Stop())
}

// grpcHeaders are those of a call, in HPACK without its table: literals, never indexed.
func grpcHeaders() []byte {
	var block []byte
	for _, h := range [][2]string{
		{":method", "POST"},
		{":scheme", "http"},
		{":path", traceService},
		{":authority", "x"},
		{"content-type", "application/grpc"},
		{"te", "trailers"},
	} {
		block = append(block, 0x10, byte(len(h[0])))
		block = append(block, h[0]...)
		block = append(block, byte(len(h[1])))
		block = append(block, h[1]...)
	}
	return block
}

// TestASlowUploadIsTaken: a body that comes steadily may take longer than
// limits::body_timeout.
func TestASlowUploadIsTaken(t *testing.T) {
	c := e2e.StartCollector(t, "--config", "mastra:env", "--config", shortLimits)
	body := marshal(t, aSpan(strings.Repeat("n", 64<<10)))
	connection := dial(t, c.HTTP)
	write := func(p []byte) {
		_, err := connection.Write(p)
		require.NoError(t, err)
	}
	write([]byte("POST /v1/traces HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-protobuf\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n"))
	const parts = 8
	for i := range parts {
		write(body[i*len(body)/parts : (i+1)*len(body)/parts])
		<-time.After(100 * time.Millisecond) // the pace of the upload, 80 KiB a second
	}
	assert.Contains(t, ended(t, connection), "HTTP/1.1 200 OK")
	require.NoError(t, c.Stop())
}
