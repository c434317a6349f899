// Package mcp tests the MCP server of the built binary with the client of the official
// SDK, over standard input and output and over HTTP.
package mcp

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// store runs a collector, sends it traces and returns it with its store.
func store(t *testing.T, traces int) (*e2e.Collector, *sql.DB) {
	t.Helper()
	c := e2e.StartCollector(t)
	for service, seed := range map[string]uint64{"ticket-service": 1, "billing-agent": 2} {
		generator := traffic.New(traffic.Options{Seed: seed, TextSize: 600, ServiceName: service})
		sender, err := traffic.NewSender("http", c.HTTP, traffic.Connection{})
		require.NoError(t, err)
		for i := range traces {
			require.NoError(t, sender.Send(t.Context(), generator.Trace(time.Now().Add(-time.Duration(i)*time.Hour))))
		}
		require.NoError(t, sender.Close())
	}
	db, err := sql.Open("sqlite", "file:"+c.TracesDB()+"?mode=ro")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return c, db
}

// connect connects the SDK's client to the command.
func connect(t *testing.T, c *e2e.Collector, args ...string) *mcp.ClientSession {
	t.Helper()
	cmd := exec.Command(e2e.Binary(t), append([]string{"mcp", "--db", c.TracesDB()}, args...)...)
	cmd.Dir = t.TempDir()
	client := mcp.NewClient(&mcp.Implementation{Name: "test-agent", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &mcp.CommandTransport{Command: cmd}, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = session.Close() })
	return session
}

// ask calls a tool and decodes its answer.
func ask(t *testing.T, session *mcp.ClientSession, tool string, arguments map[string]any) any {
	t.Helper()
	result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
	require.NoError(t, err, tool)
	require.Len(t, result.Content, 1)
	text := result.Content[0].(*mcp.TextContent).Text
	require.False(t, result.IsError, "%s: %s", tool, text)
	var value any
	require.NoError(t, json.Unmarshal([]byte(text), &value), text)
	return value
}

// at follows a path of names and numbers into a JSON value.
func at(t *testing.T, value any, path string) any {
	t.Helper()
	for step := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			var i int
			_, err := fmt.Sscan(step, &i)
			require.NoError(t, err, path)
			require.Less(t, i, len(v), path)
			value = v[i]
		default:
			require.Fail(t, "no such path", path)
		}
	}
	return value
}

// question is what an agent could be asked, the call that answers it, where the answer
// stands, and the same by SQL.
type question struct {
	text, tool string
	arguments  map[string]any
	path, sql  string
}

// hours is a time some hours ago.
var hours = time.Now().UTC().Truncate(time.Hour).Add(-3 * time.Hour).Format(time.RFC3339)

var questions = []question{
	{"What have all calls cost?", "spend", nil, "total.cost.usd", "SELECT sum(cost_usd) FROM llm_calls"},
	{"How many model calls were there?", "spend", nil, "total.cost.calls", "SELECT count(*) FROM llm_calls"},
	{"How many tokens went in?", "spend", nil, "total.tokens.input", "SELECT sum(input_tokens) FROM llm_calls"},
	{"How many tokens came from the cache?", "spend", nil, "total.tokens.cache_read", "SELECT sum(cache_read_tokens) FROM llm_calls"},
	{"What has claude-haiku-4-5 cost?", "spend", map[string]any{"model": []string{"claude-haiku-4-5-20251001"}}, "total.cost.usd", "SELECT sum(cost_usd) FROM llm_calls WHERE model = 'claude-haiku-4-5-20251001'"},
	{"What did the last hours cost?", "spend", map[string]any{"since": hours}, "total.cost.usd", "SELECT sum(cost_usd) FROM llm_calls WHERE started_at >= '" + hours + "'"},
	{"Which service costs most, and how much?", "spend", map[string]any{"by": []string{"service"}}, "rows.0.cost.usd", "SELECT max(c) FROM (SELECT sum(cost_usd) AS c FROM llm_calls GROUP BY service_name)"},
	{"Which model costs most?", "spend", map[string]any{"by": []string{"model"}}, "rows.0.keys.model", "SELECT model FROM llm_calls GROUP BY model ORDER BY sum(cost_usd) DESC LIMIT 1"},
	{"What do the calls of billing-agent cost?", "spend", map[string]any{"service": []string{"billing-agent"}}, "total.cost.usd", "SELECT sum(cost_usd) FROM llm_calls WHERE service_name = 'billing-agent'"},
	{"Which trace was the most expensive?", "find_traces", map[string]any{"order": "cost", "limit": 1}, "items.0.trace_id", "SELECT trace_id FROM traces ORDER BY cost_usd DESC LIMIT 1"},
	{"What did the most expensive trace cost?", "find_traces", map[string]any{"order": "cost", "limit": 1}, "items.0.cost.usd", "SELECT max(cost_usd) FROM traces"},
	{"Which trace took longest?", "find_traces", map[string]any{"order": "slowest", "limit": 1}, "items.0.trace_id", "SELECT trace_id FROM traces ORDER BY duration_ms DESC LIMIT 1"},
	{"How many spans has the last trace?", "get_trace", map[string]any{"trace_id": "last"}, "spans", "SELECT span_count FROM traces ORDER BY started_at DESC LIMIT 1"},
	{"What did the last trace cost?", "why_cost", map[string]any{"trace_id": "last"}, "cost.usd", "SELECT cost_usd FROM traces ORDER BY started_at DESC LIMIT 1"},
	{"How many agents are there?", "agents", nil, "items.0.runs", "SELECT max(n) FROM (SELECT count(*) AS n FROM agent_runs GROUP BY agent_name, service_name)"},
	{"How often was the most used tool called?", "tools", nil, "items.0.runs", "SELECT max(n) FROM (SELECT count(*) AS n FROM tool_calls GROUP BY tool_name, service_name)"},
	{"How many traces are stored?", "describe_store", nil, "traces", "SELECT count(*) FROM traces"},
	{"How many spans are stored?", "describe_store", nil, "spans", "SELECT sum(span_count) FROM traces"},
	{"Which session was used last?", "find_sessions", map[string]any{"limit": 1}, "items.0.id", "SELECT session_id FROM sessions ORDER BY last_ended_at DESC LIMIT 1"},
	{"What did that session cost?", "find_sessions", map[string]any{"limit": 1}, "items.0.cost.usd", "SELECT cost_usd FROM sessions ORDER BY last_ended_at DESC LIMIT 1"},
}

// TestTwentyQuestions have the answers that SQL gives, to the cent.
func TestTwentyQuestions(t *testing.T) {
	t.Parallel()
	c, db := store(t, 12)
	session := connect(t, c)
	require.GreaterOrEqual(t, len(questions), 20)
	for _, q := range questions {
		t.Run(q.text, func(t *testing.T) {
			got := at(t, ask(t, session, q.tool, q.arguments), q.path)
			var want any
			require.NoError(t, db.QueryRowContext(t.Context(), q.sql).Scan(&want))
			switch want := want.(type) {
			case float64:
				assert.InDelta(t, want, got, 1e-9)
			case int64:
				assert.EqualValues(t, want, got)
			default:
				assert.Equal(t, want, got)
			}
		})
	}
}

// TestWhatAnAgentMayDo: every tool only reads, has a schema, and answers; what is wrong
// is said in a sentence.
func TestWhatAnAgentMayDo(t *testing.T) {
	t.Parallel()
	c, db := store(t, 2)
	audit := filepath.Join(t.TempDir(), "audit.jsonl")
	session := connect(t, c, "--audit-log", audit)
	tools, err := session.ListTools(t.Context(), nil)
	require.NoError(t, err)
	var trace, span, conversation string
	require.NoError(t, db.QueryRow("SELECT trace_id, span_id FROM llm_calls ORDER BY started_at DESC LIMIT 1").Scan(&trace, &span))
	require.NoError(t, db.QueryRow("SELECT session_id FROM sessions LIMIT 1").Scan(&conversation))
	arguments := map[string]map[string]any{
		"get_trace": {"trace_id": trace}, "get_span": {"trace_id": trace[:10], "span_id": span, "content": "full"}, "why_cost": {"trace_id": "last"},
		"get_session": {"session": conversation}, "search": {"text": "preflight"},
	}
	for _, tool := range tools.Tools {
		assert.True(t, tool.Annotations.ReadOnlyHint, tool.Name)
		assert.NotEmpty(t, tool.Description, tool.Name)
		require.NotNil(t, tool.InputSchema, tool.Name)
		ask(t, session, tool.Name, arguments[tool.Name])
	}
	for tool, arguments := range map[string]map[string]any{
		"get_trace": {"trace_id": "ffffffffffffffff"}, "get_span": {"trace_id": "last", "span_id": "ffff"}, "find_traces": {"order": "fastest"}, "spend": {"by": []string{"colour"}},
		"search": {"text": ""}, "loops": {"since": "yesterday"}, "get_session": {"session": "nobody"}, "errors": {"content": "all"},
	} {
		result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
		require.NoError(t, err, tool)
		assert.True(t, result.IsError, tool)
		text := result.Content[0].(*mcp.TextContent).Text
		assert.NotContains(t, text, "SELECT", tool)
		assert.Less(t, len(text), 300, tool)
	}
	require.NoError(t, session.Close())

	lines, err := os.ReadFile(audit)
	require.NoError(t, err)
	scanner := bufio.NewScanner(bytes.NewReader(lines))
	calls := map[string]int{}
	for scanner.Scan() {
		var line struct {
			Client, Tool string
			Bytes        int
			Arguments    []string
			Failed       bool
		}
		require.NoError(t, json.Unmarshal(scanner.Bytes(), &line), scanner.Text())
		assert.Equal(t, "test-agent", line.Client)
		calls[line.Tool]++
	}
	for _, tool := range tools.Tools {
		assert.NotZero(t, calls[tool.Name], tool.Name)
	}
	assert.NotContains(t, string(lines), "preflight", "the text that was searched for")
	info, err := os.Stat(audit)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// TestContentIsWhatTheOperatorAllows: none is no word of a prompt, whatever is asked.
func TestContentIsWhatTheOperatorAllows(t *testing.T) {
	t.Parallel()
	c, db := store(t, 1)
	var trace, span, input string
	require.NoError(t, db.QueryRow("SELECT trace_id, span_id, input FROM llm_calls WHERE length(input) > 400 LIMIT 1").Scan(&trace, &span, &input))
	words := input[len(input)/2 : len(input)/2+12]
	arguments := map[string]any{"trace_id": trace, "span_id": span, "content": "full"}
	for level, shown := range map[string]bool{"none": false, "preview": false, "full": true} {
		raw, err := json.Marshal(ask(t, connect(t, c, "--content", level), "get_span", arguments))
		require.NoError(t, err)
		quoted, err := json.Marshal(words)
		require.NoError(t, err)
		assert.Equal(t, shown, bytes.Contains(raw, bytes.Trim(quoted, `"`)), level)
	}
	arguments["max_bytes"] = 2000
	result, err := connect(t, c).CallTool(t.Context(), &mcp.CallToolParams{Name: "get_span", Arguments: arguments})
	require.NoError(t, err)
	assert.LessOrEqual(t, len(result.Content[0].(*mcp.TextContent).Text), 2000)
}

// TestAStoreMayComeLater than the agent: until then each call says where it is missing.
func TestAStoreMayComeLater(t *testing.T) {
	t.Parallel()
	c, _ := store(t, 1)
	later := filepath.Join(t.TempDir(), "later.db")
	cmd := exec.Command(e2e.Binary(t), "mcp", "--db", later)
	session, err := mcp.NewClient(&mcp.Implementation{Name: "a"}, nil).Connect(t.Context(), &mcp.CommandTransport{Command: cmd}, nil)
	require.NoError(t, err)
	defer session.Close()
	result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: "find_traces"})
	require.NoError(t, err)
	assert.True(t, result.IsError)
	assert.Contains(t, result.Content[0].(*mcp.TextContent).Text, later)
	output, err := c.Run(t, "backup", later)
	require.NoError(t, err, output)
	ask(t, session, "find_traces", nil)
}

// TestBesideThePage: the same over HTTP, behind the checks of the page.
func TestBesideThePage(t *testing.T) {
	t.Parallel()
	c, db := store(t, 2)
	client := mcp.NewClient(&mcp.Implementation{Name: "http-agent"}, nil)
	session, err := client.Connect(t.Context(), &mcp.StreamableClientTransport{Endpoint: c.Viewer + "/mcp", DisableStandaloneSSE: true}, nil)
	require.NoError(t, err)
	defer session.Close()
	var want float64
	require.NoError(t, db.QueryRow("SELECT sum(cost_usd) FROM llm_calls").Scan(&want))
	assert.InDelta(t, want, at(t, ask(t, session, "spend", nil), "total.cost.usd"), 1e-9)

	for header, value := range map[string]string{"Origin": "https://evil.example", "Host": "evil.example", "Sec-Fetch-Site": "cross-site"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.Viewer+"/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Accept", "application/json, text/event-stream")
		request.Header.Set(header, value)
		if header == "Host" {
			request.Host = value
		}
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.GreaterOrEqual(t, response.StatusCode, 400, header)
	}
}
