// Package testutil holds what tests of several packages share: captured
// telemetry with made-up secrets.
package testutil

import (
	"embed"
	"encoding/binary"
	"strings"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// The captures are runs of a Mastra application (@mastra/core 1.71.0,
// @mastra/otel-exporter 1.4.0). Where a secret was planted they have
// @@name@@; see Secrets.
//
//go:embed fixtures/*.json fixtures/*.jsonl
var fixtures embed.FS

// TicketRun is the captured 12-step ticket-generation workflow: 33 spans, two
// agents, two tools, four model calls. Its tokens are gpt-4o-mini 2,626 in
// (2,176 cache read) and 160 out (24 reasoning), claude-haiku-4-5 1,754 in (512
// cache read, 512 cache write) and 100 out.
func TicketRun(secrets Secrets) ptrace.Traces {
	return traces("fixtures/captured-otlp.json", secrets)
}

// CoverageRun is the captured coverage run: 104 spans of 18 span types in eight
// traces.
func CoverageRun(secrets Secrets) ptrace.Traces {
	return traces("fixtures/captured-coverage-otlp.json", secrets)
}

// TicketLogs is the log record of the ticket run.
func TicketLogs(secrets Secrets) plog.Logs {
	logs, err := new(plog.JSONUnmarshaler).UnmarshalLogs(filled("fixtures/captured-otlp-logs.json", secrets))
	if err != nil {
		panic(err) // an embedded file of ours
	}
	return logs
}

// Again gives traces ids of their own, so that one captured run can be sent as
// several: another run for each n but 0.
func Again(traces ptrace.Traces, n uint64) ptrace.Traces {
	for _, resource := range traces.ResourceSpans().All() {
		for _, scope := range resource.ScopeSpans().All() {
			for _, span := range scope.Spans().All() {
				id := span.TraceID()
				binary.BigEndian.PutUint64(id[:8], binary.BigEndian.Uint64(id[:8])^n*0x9E3779B97F4A7C15) // spread, as real ids are
				span.SetTraceID(id)
			}
		}
	}
	return traces
}

func traces(file string, secrets Secrets) ptrace.Traces {
	traces, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(filled(file, secrets))
	if err != nil {
		panic(err) // an embedded file of ours
	}
	return traces
}

func filled(file string, secrets Secrets) []byte {
	raw, err := fixtures.ReadFile(file)
	if err != nil {
		panic(err) // an embedded file of ours
	}
	pairs := make([]string, 0, 2*len(secrets))
	for name, value := range secrets {
		pairs = append(pairs, "@@"+name+"@@", value)
	}
	return []byte(strings.NewReplacer(pairs...).Replace(string(raw)))
}
