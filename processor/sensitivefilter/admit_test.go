package sensitivefilter

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/xpdata"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-llm/otelcol-llm/processor/sensitivefilter/internal/metadatatest"
)

func TestBrokenNamesLoseNoValue(t *testing.T) {
	for _, place := range attributePlaces {
		t.Run(place.name, func(t *testing.T) {
			b := newBatch()
			m := place.of(b)
			m.PutInt("a\xff", 1)
			m.PutInt("a\xfe", 2)
			m.PutInt("a\uFFFD_2", 3)
			m.PutInt("a\uFFFD", 4)
			inner := m.PutEmptyMap("map\xc3").PutEmptySlice("list\xc3").AppendEmpty().SetEmptyMap()
			inner.PutStr("b\xff\xff", "x\xff")
			inner.PutStr("b\xff", "y")
			got := place.of(filtered(t, defaults(), b)).AsRaw()
			assert.Equal(t, map[string]any{
				"a\uFFFD": int64(4), "a\uFFFD_2": int64(3), "a\uFFFD_3": int64(1), "a\uFFFD_4": int64(2),
				"map\uFFFD": map[string]any{"list\uFFFD": []any{map[string]any{"b\uFFFD": "x\uFFFD", "b\uFFFD_2": "y"}}},
			}, got)
		})
	}
}

func TestANameThatStandsTwiceKeepsBothValues(t *testing.T) {
	b := newBatch()
	var twice xpdata.MapBuilder
	twice.AppendEmpty("a\xff").SetInt(1)
	twice.AppendEmpty("a\xff").SetInt(2)
	twice.UnsafeIntoMap(b.span().Attributes())
	assert.Equal(t, map[string]any{"a\uFFFD": int64(1), "a\uFFFD_2": int64(2)}, filtered(t, defaults(), b).span().Attributes().AsRaw())
}

func TestBrokenBytesHideNoSecret(t *testing.T) {
	for _, text := range []string{"\xff" + secret, "\xff " + secret + "\xfe", "password=\xffhunter2xy!", "\xffpassword=hunter2xy!\xff", "see\xff\n" + secret} {
		b := newBatch()
		b.span().Attributes().PutStr("note", text)
		b.span().Attributes().PutStr("pass\xc3word", "fine")
		raw, err := new(ptrace.ProtoMarshaler).MarshalTraces(filtered(t, defaults(), b).td)
		require.NoError(t, err)
		assert.NotContains(t, string(raw), secret)
		assert.NotContains(t, string(raw), "hunter2xy!", text)
	}
}

func TestOnlyBrokenTextsAreCountedAndLoggedOnceAMinute(t *testing.T) {
	telemetry := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, telemetry.Shutdown(context.Background())) })
	core, logs := observer.New(zap.DebugLevel)
	set := metadatatest.NewSettings(telemetry)
	set.Logger = zap.New(core)
	p, err := NewFactory().CreateTraces(t.Context(), set, defaults(), consumertest.NewNop())
	require.NoError(t, err)
	clean := newBatch()
	clean.span().SetName("süß 漢字 \uFFFD")
	require.NoError(t, p.ConsumeTraces(t.Context(), clean.td))
	assert.Empty(t, logs.All())
	for range 3 {
		b := newBatch()
		b.span().SetName("my secret name \xff")
		b.span().Attributes().PutStr("key\xff", "value\xff")
		require.NoError(t, p.ConsumeTraces(t.Context(), b.td))
	}
	metadatatest.AssertEqualProcessorSensitiveFilterMendedTexts(t, telemetry, []metricdata.DataPoint[int64]{
		{Value: 9, Attributes: attribute.NewSet(attribute.String("signal", "traces"))},
	}, metricdatatestIgnore...)
	require.Len(t, logs.All(), 1)
	line := logs.All()[0]
	assert.Equal(t, map[string]any{"signal": "traces", "texts": int64(3)}, line.ContextMap())
	assert.Contains(t, line.Message, "UTF-8")
	require.NoError(t, p.Shutdown(t.Context()))
}

// TestManyNamesThatBecomeOneTakeLinearTime fails by its time limit, minutes, where each name is compared with all.
func TestManyNamesThatBecomeOneTakeLinearTime(t *testing.T) {
	const n = 20_000
	for name, format := range map[string]string{"broken": "%06d\xff", "one broken name": "\xff%.0s", "sensitive": "u%d@example.com"} {
		t.Run(name, func(t *testing.T) {
			var many xpdata.MapBuilder
			for i := range n {
				key := fmt.Sprintf(format, i)
				if name == "one broken name" {
					key = strings.Repeat("\xff", 1+i%7)
				}
				many.AppendEmpty(key).SetInt(1)
			}
			b := newBatch()
			many.UnsafeIntoMap(b.span().Attributes())
			out := filtered(t, defaults(), b).span().Attributes()
			assert.Equal(t, n, out.Len())
			assert.Len(t, out.AsRaw(), n)
		})
	}
}

// TestDeepValuesAreMended goes deeper than any call could follow in the memory that there is.
func TestDeepValuesAreMended(t *testing.T) {
	v := pcommon.NewValueEmpty()
	at := v
	for range 100_000 {
		at = at.SetEmptySlice().AppendEmpty()
	}
	at.SetStr("x\xff")
	w := defaultWalker(t)
	w.begin()
	w.admitValue(v)
	w.admitNested()
	assert.EqualValues(t, 1, w.mended)
}

func TestBytesThatAreMostlyTextAreLookedAt(t *testing.T) {
	noise := make([]byte, 4096)
	for i := range noise {
		noise[i] = byte(i*i*31 + i/7)
	}
	for name, c := range map[string]struct {
		in    string
		found bool
	}{
		"a broken byte before":      {"\xff see " + secret, true},
		"a broken byte in the text": {"see \xe9t\xe9 " + secret, true},
		"a byte order mark":         {"\xff\xfe\x00\x01 password=hunter2xy! and more", true},
		"a letter that is cut off":  {"see " + secret + " 漢字\xe6\xbc", true},
		"media":                     {string(noise) + secret, false},
		"no text":                   {"\xff\xfe\x00\x01", false},
		"text without a finding":    {"caf\xe9 ole, what a nice day", false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBatch()
			b.span().Attributes().PutEmptyBytes("blob").FromRaw([]byte(c.in))
			v, _ := filtered(t, defaults(), b).span().Attributes().Get("blob")
			out := string(v.Bytes().AsRaw())
			if !c.found {
				assert.Equal(t, c.in, out)
				return
			}
			assert.NotContains(t, out, secret)
			assert.NotContains(t, out, "hunter2xy")
			assert.Contains(t, out, "[REDACTED:")
			assert.True(t, strings.HasPrefix(out, "\uFFFD") || strings.HasPrefix(out, "see "), out)
		})
	}
}

func BenchmarkProcessor(b *testing.B) {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("openinference")
	for range 100 {
		span := ss.Spans().AppendEmpty()
		span.SetName("chat gpt-4o-mini")
		ordinary(span.Attributes())
		span.Attributes().PutStr("gen_ai.input.messages", `[{"role":"user","parts":[{"type":"text","content":"`+strings.Repeat("How do I rotate the login? It is half past twelve. ", 20)+`"}]}]`)
	}
	p, err := NewFactory().CreateTraces(b.Context(), processorSettings(), defaults(), consumertest.NewNop())
	require.NoError(b, err)
	b.ReportAllocs()
	done := measureCPU(b, 0)
	for b.Loop() {
		if err := p.ConsumeTraces(b.Context(), td); err != nil {
			b.Fatal(err)
		}
	}
	done()
}
