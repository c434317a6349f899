package genai

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
)

func TestWrittenCases(t *testing.T) {
	for _, c := range testutil.WrittenCases(t, "testdata/written.json") {
		t.Run(c.ID, func(t *testing.T) {
			resource := pcommon.NewResource()
			require.NoError(t, resource.Attributes().FromRaw(c.Resource))
			scope := pcommon.NewInstrumentationScope()
			scope.SetName(c.Scope)
			var v View
			if c.Event != "" {
				record := plog.NewLogRecord()
				require.NoError(t, record.Attributes().FromRaw(c.Attributes))
				v.ReadRecord(resource, scope, record)
			} else {
				span := ptrace.NewSpan()
				span.SetName(c.Name)
				require.NoError(t, span.Attributes().FromRaw(c.Attributes))
				v.Read(resource, scope, span)
			}

			switch c.Status {
			case "rollup":
				assert.False(t, v.Kind().CallsModel() || v.Kind() == KindOther, v.Kind().String())
				assert.True(t, v.HasUsage() || v.SumsUp(), "llm_cost has to see it")
			case "skipped", "not_llm":
				assert.False(t, v.Kind().CallsModel(), v.Kind().String())
			default:
				assert.True(t, v.Kind().CallsModel(), v.Kind().String())
			}
			charge, charged := v.Charge()
			assert.Equal(t, c.Status == "reported", charged)
			if charged {
				assert.InDelta(t, *c.Cost, charge.USD, 1e-12)
			}

			u, state := v.Usage()
			if c.Status == "invalid_usage" {
				assert.Equal(t, UsageInvalid, state)
				return
			}
			if c.Input == nil {
				assert.Equal(t, UsageNone, state)
				return
			}
			require.Equal(t, UsageValid, state)
			assert.Equal(t, *c.Input, u.Input, "input")
			assert.Equal(t, *c.Output, u.Output, "output")
			assert.Equal(t, c.CacheRead, u.CacheRead, "cache read")
			assert.Equal(t, c.CacheWrite, u.CacheWrite, "cache write")
			assert.Equal(t, c.CacheWrite1h, u.CacheWrite1h, "cache write 1 h")
			if c.Reasoning != nil {
				assert.Equal(t, *c.Reasoning, u.Reasoning, "reasoning")
			}
			if c.Mode != "" {
				assert.Equal(t, c.Mode, u.Mode.String(), u.Evidence)
			}
		})
	}
}
