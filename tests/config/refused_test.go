package config

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// refusing are what each destination answers in turn: a token that is being renewed,
// an address behind which nothing is for a while, a server that fails, and a proxy's
// login in the place of an intake.
func refusing(file string) []int32 {
	codes := []int32{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusInternalServerError, http.StatusInsufficientStorage, http.StatusFound, e2e.Page}
	if file == "libsql-server.yaml" { // whose page says what the others mean there
		return codes[:2]
	}
	return codes
}

// TestADestinationThatRefuses: nothing is lost while a destination refuses the
// credentials, nor when the collector stops meanwhile, as it does to be given
// others. The log says what is wrong, and who is.
func TestADestinationThatRefuses(t *testing.T) {
	d := deliverToAll(t).impatient()
	dir := t.TempDir()
	// Upstream leaves out lines that say the same as others, whichever exporter says it.
	every := []string{"--config", "yaml:service::telemetry::logs::sampling::enabled: false"}
	c := e2e.StartCollectorIn(t, dir, append(d.args, every...)...)
	// The store's tables are made by the first request.
	send(t, c, call(0))
	d.assertAll(t, 1)
	sent := 1
	for round := range refusing("") {
		before := map[string]int{}
		for _, sink := range sinks {
			codes := refusing(sink.file)
			before[sink.file] = d.gates[sink.file].Refused(sink.path)
			d.gates[sink.file].Set(codes[min(round, len(codes)-1)])
		}
		send(t, c, call(sent))
		sent++
		for _, sink := range sinks {
			// More attempts than would be made of a request that is dropped.
			eventually(t, func() bool { return d.gates[sink.file].Refused(sink.path) > before[sink.file]+3 }, "%s makes no attempts", sink.file)
		}
	}
	require.NoError(t, c.Stop())
	for exporter, says := range map[string]string{
		"libsql":                   "auth_token: the server refuses it",
		"langfuse":                 "Langfuse answers 401",
		"datadog":                  "check api::key and api::site",
		"otlp_http":                "the destination answers 401 Unauthorized, check the credentials",
		"otlp_http/mastra":         "the destination answers 403 Forbidden, check the credentials",
		"otlp_http/datadog_llmobs": "the destination answers 404 Not Found, check the endpoint",
	} {
		require.True(t, logged(c, `"otelcol.component.id": "`+exporter+`"`, says), "%s does not say: %s", exporter, says)
	}
	for exporter, says := range map[string]string{
		"otlp_http":                "the destination answers 500 Internal Server Error, check its log",
		"otlp_http/mastra":         "the destination answers 302 Found to http://127.0.0.1",
		"otlp_http/datadog_llmobs": "the destination answers 200 with a page of HTML, which is not an acceptance",
		"langfuse":                 "that is a page and no Langfuse",
		"datadog":                  "the trace intake answers 302 Found: check traces::endpoint",
	} {
		require.True(t, logged(c, `"otelcol.component.id": "`+exporter+`"`, says), "%s does not say: %s", exporter, says)
	}
	for _, gate := range d.gates {
		gate.Set(e2e.Open)
	}
	again := e2e.StartCollectorIn(t, dir, d.args...)
	d.assertAll(t, sent)
	require.NoError(t, again.Stop())
}

// logged says whether a line of the log has all of some words.
func logged(c *e2e.Collector, words ...string) bool {
lines:
	for line := range strings.SplitSeq(c.Log(), "\n") {
		for _, word := range words {
			if !strings.Contains(line, word) {
				continue lines
			}
		}
		return true
	}
	return false
}
