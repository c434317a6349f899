package sensitivefilter

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
)

func TestCapturedRunsLoseThePlantedSecrets(t *testing.T) {
	for i := range 24 {
		secrets := testutil.Secrets(redacttest.Planted(i))
		if i >= 12 {
			secrets = testutil.NewSecrets(uint64(i))
		}
		needles := secrets.Needles()
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			for name, run := range map[string]ptrace.Traces{"ticket": testutil.TicketRun(secrets), "coverage": testutil.CoverageRun(secrets)} {
				spans := run.SpanCount()
				out := filterTraces(t, defaults(), run)
				assert.Equal(t, spans, out.SpanCount())
				raw, err := new(ptrace.JSONMarshaler).MarshalTraces(out)
				require.NoError(t, err)
				for what, needle := range needles {
					assert.NotContains(t, string(raw), needle, "%s in the %s run", what, name)
				}
				wire, err := new(ptrace.ProtoMarshaler).MarshalTraces(out)
				require.NoError(t, err)
				for what, needle := range needles {
					assert.NotContains(t, string(wire), needle, "%s in the %s run", what, name)
				}
			}
			wire, err := new(plog.ProtoMarshaler).MarshalLogs(filterLogs(t, defaults(), testutil.TicketLogs(secrets)))
			require.NoError(t, err)
			for what, needle := range needles {
				assert.NotContains(t, string(wire), needle, what)
			}
		})
	}
}

func TestARunWithoutSecretsPassesUnchanged(t *testing.T) {
	// The placeholders themselves are no secrets: the runs come out byte for byte as they went in.
	for _, run := range []ptrace.Traces{testutil.TicketRun(nil), testutil.CoverageRun(nil)} {
		before, err := new(ptrace.ProtoMarshaler).MarshalTraces(run)
		require.NoError(t, err)
		after, err := new(ptrace.ProtoMarshaler).MarshalTraces(filterTraces(t, defaults(), run))
		require.NoError(t, err)
		assert.Equal(t, before, after)
	}
}
