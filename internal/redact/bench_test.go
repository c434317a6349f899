package redact

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
)

func TestTextWithoutFindingsPassesUnchanged(t *testing.T) {
	r := newRedactor(t)
	for seed := range uint64(5) {
		text := redacttest.Corpus(400<<10, seed)
		_, found := r.String("", text)
		for _, f := range found {
			t.Errorf("%s: %q", f.Rule, text[max(0, f.Start-40):min(len(text), f.End+20)])
		}
	}
}

func TestTextWithoutFindingsAllocatesNothing(t *testing.T) {
	r := newRedactor(t)
	// Behind the corpus stand abbreviations that announce a number only in capitals.
	text := redacttest.Corpus(64<<10, 1) + "\nsin 046454286, nino 123456, dl 1234567\n"
	s := r.Session()
	k := s.Key("", "gen_ai.input.messages")
	require.Zero(t, testing.AllocsPerRun(20, func() {
		if _, changed := s.String(k, text); changed {
			t.Error("changed")
		}
	}))
}

func BenchmarkCorpus(b *testing.B) {
	r := newRedactor(b)
	for _, size := range []int{20, 200, 1 << 10, 10 << 10, 100 << 10, 2 << 20} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			text := redacttest.Corpus(size, 42)[:size]
			s := r.Session()
			k := s.Key("", "gen_ai.input.messages")
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			done := measureCPU(b, size)
			for b.Loop() {
				s.String(k, text)
			}
			done()
		})
	}
}

// BenchmarkShortTexts scans many texts of 200 bytes: what a single one takes depends on the few words in it.
func BenchmarkShortTexts(b *testing.B) {
	const size, apart = 200, 251
	r := newRedactor(b)
	corpus := redacttest.Corpus(400<<10, 7)
	var texts []string
	for i := 0; i+size <= len(corpus); i += apart {
		texts = append(texts, corpus[i:i+size])
	}
	s := r.Session()
	k := s.Key("", "gen_ai.input.messages")
	b.SetBytes(int64(size * len(texts)))
	b.ReportAllocs()
	done := measureCPU(b, size*len(texts))
	for b.Loop() {
		for _, text := range texts {
			s.String(k, text)
		}
	}
	done()
}
