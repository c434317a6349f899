package mainjob

import (
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	_ "modernc.org/sqlite" // reads what is stored

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// knownPassword is found by its name alone: nothing in its form gives it away.
const knownPassword = "hunter2xy!"

// agentSpan is a request with one span of a trace.
func agentSpan(trace, id byte, attributes map[string]string) ptrace.Traces {
	td := ptrace.NewTraces()
	span := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetName("step")
	span.SetTraceID([16]byte{trace})
	span.SetSpanID([8]byte{trace, id})
	span.SetStartTimestamp(1_795_000_000_000_000_000)
	span.SetEndTimestamp(1_795_000_001_000_000_000)
	for name, value := range attributes {
		span.Attributes().PutStr(name, value)
	}
	return td
}

// sendLog exports a log record of a trace.
func sendLog(t *testing.T, c *e2e.Collector, trace byte, body string) {
	t.Helper()
	ld := plog.NewLogs()
	r := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	r.SetTraceID([16]byte{trace})
	r.SetTimestamp(pcommon.Timestamp(1_795_000_000_500_000_000))
	r.Body().SetStr(body)
	raw, err := plogotlp.NewExportRequestFromLogs(ld).MarshalJSON()
	require.NoError(t, err)
	status, answer := post(t, c.HTTP+"/v1/logs", "application/json", raw)
	require.Equal(t, http.StatusOK, status, answer)
}

// storedLogs returns the bodies of all log records in the order of arrival.
func storedLogs(t *testing.T, file string) (bodies []string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	require.NoError(t, err)
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), "SELECT json_extract(body, '$') FROM otel_logs ORDER BY id")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var body string
		require.NoError(t, rows.Scan(&body))
		bodies = append(bodies, body)
	}
	require.NoError(t, rows.Err())
	return bodies
}

// TestAKnownPasswordIsStoredNowhere has an agent log in with a tool in one
// request, and repeat the password in later requests and log records of the same
// trace.
func TestAKnownPasswordIsStoredNowhere(t *testing.T) {
	c := e2e.StartCollector(t)
	send(t, c, "http/protobuf", agentSpan(1, 1, map[string]string{
		"gen_ai.operation.name":      "execute_tool",
		"gen_ai.tool.name":           "login",
		"gen_ai.tool.call.arguments": `{"user":"bob","password":"` + knownPassword + `"}`,
	}))
	said, err := json.Marshal([]any{map[string]any{"role": "assistant", "parts": []any{map[string]any{"type": "text", "content": "I used " + knownPassword + " to log in"}}}})
	require.NoError(t, err)
	send(t, c, "grpc", agentSpan(1, 2, map[string]string{"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o-mini", "gen_ai.output.messages": string(said)}))
	basic := base64.StdEncoding.EncodeToString([]byte("bob:" + knownPassword))
	sendLog(t, c, 1, "retry with "+knownPassword)
	sendLog(t, c, 1, "sent "+basic)
	sendLog(t, c, 1, "GET /login?p=hunter2xy%21")

	readTraces(t, c.TracesDB(), 2)
	const label = "[REDACTED:secret.password]"
	assert.Equal(t, []string{"retry with " + label, "sent Ym9iO" + label, "GET /login?p=" + label}, storedLogs(t, c.TracesDB()))
	needles := map[string]string{"the password": "hunter2xy", "its base64": basic[8:16]}
	c.AssertNotStored(t, needles)
	assert.Positive(t, e2e.Scrape(t, c.Metrics)("otelcol_processor_sensitive_filter_findings", "action", "repeated"))

	// Another trace may have the same word: the test can fail.
	sendLog(t, c, 2, "retry with "+knownPassword)
	assert.Equal(t, "retry with "+knownPassword, storedLogs(t, c.TracesDB())[3])
	require.NoError(t, c.Stop())
}
