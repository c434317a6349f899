package libsqlexporter

import (
	"context"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-llm/otelcol-llm/exporter/libsqlexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/otlp"
)

func storeLogs(t *testing.T, batches ...plog.Logs) *storedFile {
	t.Helper()
	f := &storedFile{t: t, path: filepath.Join(t.TempDir(), "traces.db")}
	f.add(batches...)
	return f
}

// add stores log records in the file.
func (f *storedFile) add(batches ...plog.Logs) {
	f.t.Helper()
	s, err := tracestore.OpenFile(f.t.Context(), tracestore.DefaultFileOptions(f.path), tracestore.Options{})
	require.NoError(f.t, err)
	m := newMappers(maxText, 0)
	for _, ld := range batches {
		rows, _ := m.logs(ld)
		_, err := s.WriteLogs(f.t.Context(), rows)
		require.NoError(f.t, err)
	}
	require.NoError(f.t, s.Close(context.Background()))
}

func (f *storedFile) logs() plog.Logs {
	f.t.Helper()
	records, err := f.reader().Logs(f.t.Context(), tracestore.LogFilter{})
	require.NoError(f.t, err)
	ld, err := otlp.Logs(records)
	require.NoError(f.t, err)
	return ld
}

func logsWire(t *testing.T, ld plog.Logs) string {
	t.Helper()
	raw, err := new(plog.JSONMarshaler).MarshalLogs(ld)
	require.NoError(t, err)
	return string(raw)
}

func TestTheCapturedLogIsStoredAndComesBack(t *testing.T) {
	want := testutil.TicketLogs(testutil.NewSecrets(1))
	f := storeLogs(t, want, want)
	assert.Equal(t, logsWire(t, want), logsWire(t, f.logs()))
	assert.EqualValues(t, 1, f.rows(`SELECT count(*) FROM otel_logs`)[0][0])
	rows := f.rows(`SELECT severity, service_name, trace_id IS NOT NULL, typeof(body) FROM logs`)
	record := want.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	assert.Equal(t, [][]any{{record.SeverityText(), "mastra-ticket-app", int64(1), "text"}}, rows)
	byTrace, err := f.reader().Logs(t.Context(), tracestore.LogFilter{TraceID: otlp.TraceID(record.TraceID()), MinSeverity: 1})
	require.NoError(t, err)
	assert.Len(t, byTrace, 1)
}

func TestLogRecordsOfEveryFormComeBack(t *testing.T) {
	want := plog.NewLogs()
	rl := want.ResourceLogs().AppendEmpty()
	rl.SetSchemaUrl("https://example.org/r")
	rl.Resource().Attributes().PutStr("service.name", "shop")
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName("lib")
	full := sl.LogRecords().AppendEmpty()
	full.SetTimestamp(math.MaxUint64)
	full.SetObservedTimestamp(1_795_345_569_879_123_456)
	full.SetSeverityNumber(plog.SeverityNumberError2)
	full.SetSeverityText("ERROR")
	full.SetEventName("event")
	full.SetFlags(1)
	full.SetDroppedAttributesCount(3)
	full.SetTraceID([16]byte{1})
	full.SetSpanID([8]byte{2})
	full.Body().SetEmptyMap().PutEmptyBytes("raw").FromRaw([]byte{1, 2})
	full.Attributes().PutDouble("d", 1)
	noTime := sl.LogRecords().AppendEmpty()
	noTime.SetObservedTimestamp(1_795_345_569_000_000_001)
	noTime.Body().SetStr("text")
	empty := sl.LogRecords().AppendEmpty()
	_ = empty
	f := storeLogs(t, want)
	f.requireValidJSON()
	assert.Equal(t, logsWire(t, want), logsWire(t, f.logs()))
}

func TestEqualRecordsOfOneBatchAreKeptApart(t *testing.T) {
	ld := plog.NewLogs()
	sl := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
	for range 3 {
		sl.LogRecords().AppendEmpty().Body().SetStr("same")
	}
	f := storeLogs(t, ld, ld)
	assert.EqualValues(t, 3, f.rows(`SELECT count(*) FROM otel_logs`)[0][0])
}

func TestTracesAndLogsOfOneConfigurationShareAStore(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	path := filepath.Join(t.TempDir(), "traces.db")
	cfg.URL = "file:" + path
	factory := NewFactory()
	traces, err := factory.CreateTraces(t.Context(), exportertest.NewNopSettings(metadata.Type), cfg)
	require.NoError(t, err)
	logs, err := factory.CreateLogs(t.Context(), exportertest.NewNopSettings(metadata.Type), cfg)
	require.NoError(t, err)
	require.NoError(t, traces.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, logs.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, logs.ConsumeLogs(t.Context(), testutil.TicketLogs(testutil.NewSecrets(1))))
	require.NoError(t, traces.ConsumeTraces(t.Context(), numbered(1)))
	require.NoError(t, traces.Shutdown(t.Context()))
	require.NoError(t, logs.ConsumeLogs(t.Context(), testutil.TicketLogs(testutil.NewSecrets(2))))
	require.NoError(t, logs.Shutdown(t.Context()))
	assert.NoFileExists(t, path+"-wal")
	assert.EqualValues(t, 2, queryFile(t, path, `SELECT count(*) FROM otel_logs`)[0][0])
	assert.EqualValues(t, 1, queryFile(t, path, `SELECT count(*) FROM mastra_ai_spans`)[0][0])
}
