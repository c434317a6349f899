package query_test

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/exporter/libsqlexporter"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// stored writes batches to a new file, as the collector does, and opens it.
func stored(t testing.TB, batches ...ptrace.Traces) *query.Store {
	t.Helper()
	return storedWith(t, plog.NewLogs(), batches...)
}

func storedWith(t testing.TB, logs plog.Logs, batches ...ptrace.Traces) *query.Store {
	t.Helper()
	return opened(t, storedFile(t, logs, batches...))
}

func opened(t testing.TB, path string) *query.Store {
	t.Helper()
	store, err := query.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

// storedFile is the path of a new file with batches in it.
func storedFile(t testing.TB, logs plog.Logs, batches ...ptrace.Traces) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "traces.db")
	factory := libsqlexporter.NewFactory()
	config := factory.CreateDefaultConfig().(*libsqlexporter.Config)
	config.URL = "file:" + path
	set := exportertest.NewNopSettings(factory.Type())
	spans, err := factory.CreateTraces(t.Context(), set, config)
	require.NoError(t, err)
	records, err := factory.CreateLogs(t.Context(), set, config)
	require.NoError(t, err)
	require.NoError(t, spans.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, records.Start(t.Context(), componenttest.NewNopHost()))
	for _, batch := range batches {
		copied := ptrace.NewTraces()
		batch.CopyTo(copied)
		require.NoError(t, spans.ConsumeTraces(t.Context(), copied))
	}
	if logs.LogRecordCount() > 0 {
		require.NoError(t, records.ConsumeLogs(t.Context(), logs))
	}
	require.NoError(t, spans.Shutdown(context.Background()))
	require.NoError(t, records.Shutdown(context.Background()))
	return path
}

// captures are what instrumentations have really sent, by name: internal/genai/testdata
// and the runs of internal/testutil.
func captures(t testing.TB) map[string]ptrace.Traces {
	t.Helper()
	all := map[string]ptrace.Traces{
		"ticket run":   testutil.TicketRun(testutil.NewSecrets(1)),
		"coverage run": testutil.CoverageRun(testutil.NewSecrets(1)),
	}
	files, err := filepath.Glob("../../genai/testdata/*.json")
	require.NoError(t, err)
	for _, file := range files {
		if name := filepath.Base(file); name != "written.json" {
			all[name] = capture(t, file)
		}
	}
	require.Greater(t, len(all), 15)
	return all
}

func capture(t testing.TB, file string) ptrace.Traces {
	t.Helper()
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	traces, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(raw)
	require.NoError(t, err)
	return traces
}

// lines brings traces into a form in which equal content has equal text: one line for
// each span with its resource and scope, sorted.
func lines(t testing.TB, traces ...ptrace.Traces) []string {
	t.Helper()
	var all []string
	for _, td := range traces {
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, span := range ss.Spans().All() {
					one := ptrace.NewTraces()
					toRS := one.ResourceSpans().AppendEmpty()
					rs.Resource().CopyTo(toRS.Resource())
					toRS.SetSchemaUrl(rs.SchemaUrl())
					toSS := toRS.ScopeSpans().AppendEmpty()
					ss.Scope().CopyTo(toSS.Scope())
					toSS.SetSchemaUrl(ss.SchemaUrl())
					span.CopyTo(toSS.Spans().AppendEmpty())
					raw, err := new(ptrace.JSONMarshaler).MarshalTraces(one)
					require.NoError(t, err)
					all = append(all, string(raw))
				}
			}
		}
	}
	slices.SortFunc(all, cmp.Compare[string])
	return all
}

// spansOf calls f with every span.
func spansOf(td ptrace.Traces, f func(ptrace.ResourceSpans, ptrace.ScopeSpans, ptrace.Span)) {
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				f(rs, ss, span)
			}
		}
	}
}
