package sensitivefilter

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
)

// TestValidTextStaysValid has letters of several bytes, and what broken ones become, put into texts with findings, before, in and behind them.
func TestValidTextStaysValid(t *testing.T) {
	letters := []string{"ü", "漢", "😀", "\uFFFD", "\u00A0", "\u2028", "é", "ſ", "K", "İ"}
	texts := []string{"password=hunter2xy! then hunter2xy!", `{"password":"süß-42-ÄÖ!","note":"süß-42-ÄÖ! again"}`}
	for _, report := range testutil.RedactionReports(t) {
		texts = append(texts, report.Text)
	}
	for _, value := range redacttest.Planted(1) {
		texts = append(texts, "see "+value+" and "+value+".")
	}
	random := rand.New(rand.NewPCG(1, 2))
	for name, cfg := range map[string]*Config{
		"label":   defaults(),
		"partial": changed(func(c *Config) { c.Style.Type, c.Style.KeepFirst, c.Style.KeepLast = redact.StylePartial, 3, 3 }),
		"short":   changed(func(c *Config) { c.Limits.MaxValueBytes, c.Decode.Base64 = 1024, true }),
		"all":     changed(func(c *Config) { c.Presets = []string{"secrets", "pii", "pii_network", "pii_national", "high_entropy"} }),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBatch()
			m := b.span().Attributes()
			for _, text := range texts {
				for range 4 {
					spliced := []rune(text)
					for range 1 + random.IntN(4) {
						at := random.IntN(len(spliced) + 1)
						letter := []rune(letters[random.IntN(len(letters))])
						spliced = append(spliced[:at:at], append(letter, spliced[at:]...)...)
					}
					m.PutEmptySlice("texts").AppendEmpty().SetStr(string(spliced))
					m.PutStr("note", string(spliced)+strings.Repeat("漢", 400))
					m.PutStr("password", string(spliced))
					for key, v := range filtered(t, cfg, b).span().Attributes().All() {
						require.True(t, utf8.ValidString(key))
						require.True(t, utf8.ValidString(v.AsString()), "%q became %q", string(spliced), v.AsString())
					}
					m.Clear()
				}
			}
		})
	}
}

// FuzzValidText checks that what comes out is valid UTF-8, whatever comes in: values, names of attributes, and values that repeat.
func FuzzValidText(f *testing.F) {
	for _, text := range []string{"a", "password=hunter2xy!漢", "ü\xff", "Bearer abcdefgh12345678漢", "https://u:p@h/漢", "mail a@b.co发", "\x1b[1mpassword\x1b[0m=hunter2漢", "%E6%BC%A2password%3Dx1y2z3w4"} {
		f.Add(text, text)
	}
	p := newPlan(defaults(), newEngine(f))
	f.Fuzz(func(t *testing.T, name, text string) {
		b := newBatch()
		b.span().Attributes().PutStr(name, text)
		b.span().Attributes().PutEmptyMap("call").PutStr(text, name)
		b.span().Attributes().PutStr("password", text)
		b.span().SetName(text + name)
		w := newWalker(p)
		w.begin()
		defer w.end()
		w.admitTraces(b.td)
		w.traces(b.td)
		if w.repeat() {
			w.traces(b.td)
		}
		if !utf8.ValidString(b.span().Name()) {
			t.Fatalf("%q", b.span().Name())
		}
		for key, v := range b.span().Attributes().All() {
			if !utf8.ValidString(key) || !utf8.ValidString(v.AsString()) {
				t.Fatalf("%q: %q", key, v.AsString())
			}
		}
		inner, ok := b.span().Attributes().Get("call")
		if !ok || inner.Type() != pcommon.ValueTypeMap {
			return // it has got the name or the value of another
		}
		for key := range inner.Map().All() {
			if !utf8.ValidString(key) {
				t.Fatalf("%q", key)
			}
		}
	})
}

func newEngine(t testing.TB) *redact.Redactor {
	t.Helper()
	r, err := redact.New(defaults().Options())
	require.NoError(t, err)
	return r
}
