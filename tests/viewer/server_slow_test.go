package viewer

import (
	"bufio"
	"database/sql"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// TestClientsThatDoNotReadHoldNoTransaction: many ask for long answers and read none of
// them. The write-ahead log can be put into the file to its end, which no reader with an open
// transaction would let happen, and what is sent meanwhile is acknowledged.
func TestClientsThatDoNotReadHoldNoTransaction(t *testing.T) {
	c := e2e.StartCollector(t)
	generator := traffic.New(traffic.Options{Seed: 5, TextSize: 1_000_000, ServiceName: "large"})
	large := generator.Trace(time.Now())
	sendTraces(t, c, large)
	id := large.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).TraceID().String()
	length := len(ask(t, "GET", c.Viewer+"/api/v1/traces/"+id+"/otlp").body)
	require.Greater(t, length, 3<<20, "more than buffers of connections have room for")
	for range 20 {
		connection, err := net.Dial("tcp", strings.TrimPrefix(c.Viewer, "http://"))
		require.NoError(t, err)
		defer connection.Close()
		require.NoError(t, connection.(*net.TCPConn).SetReadBuffer(4096))
		_, err = fmt.Fprintf(connection, "GET /api/v1/traces/%s/otlp HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", id)
		require.NoError(t, err)
		line, err := bufio.NewReaderSize(connection, 16).ReadString('\n')
		require.NoError(t, err)
		assert.Regexp(t, "^HTTP/1.1 (200|503)", line) // and no more is read
	}
	for range 5 {
		sendTraces(t, c, generator.Trace(time.Now()))
	}
	db, err := sql.Open("sqlite", "file:"+c.TracesDB()+"?_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	defer db.Close()
	require.Eventually(t, func() bool {
		var busy, pages, moved int
		require.NoError(t, db.QueryRow("PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved))
		return busy == 0
	}, patience, 50*time.Millisecond)
}
