package tracestore

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTextIsFoundInPayloads(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			writeSums(s)
			found := func(text string) (all []string) {
				hits, err := searchAll(t.Context(), s.reader(), text, SearchFilter{})
				require.NoError(t, err)
				for _, h := range hits {
					assert.NotEmpty(t, h.Excerpt)
					all = append(all, h.Column+" of "+h.SpanID)
				}
				return all
			}
			assert.Equal(t, []string{"error of " + spanID(4), "output of " + spanID(3), "input of " + spanID(2)}, found("late"), "the last stored first")
			assert.Equal(t, []string{"input of " + spanID(2)}, found("\"late\" is it\nin"), "quotes and line breaks")
			assert.Equal(t, []string{"input of " + spanID(2)}, found("100%"))
			assert.Empty(t, found("1_0"), "no wildcards")
			assert.Empty(t, found("100%of"))
			hits, err := searchAll(t.Context(), s.reader(), "late", SearchFilter{Limit: 1, Since: time.UnixMicro(int64(at(1) / 1000)), Until: time.UnixMicro(int64(at(3) / 1000))})
			require.NoError(t, err)
			require.Len(t, hits, 1)
			assert.Equal(t, `"It is LATE."`, hits[0].Excerpt)
			assert.Equal(t, traceID(1), hits[0].TraceID)
		})
	}
}

// TestTextIsFoundHoweverItIsSpelled has what encoders of other languages write.
func TestTextIsFoundHoweverItIsSpelled(t *testing.T) {
	s := openTestStore(t)
	for n, input := range []JSON{
		`{"text":"Grüße an/aus Köln 😀"}`,
		`{"text":"Gr\u00fc\u00dfe an\/aus K\u00F6ln \ud83d\ude00"}`,
		`{"text":"Gr\u00fc\u00dfe an/aus K\u00f6ln \ud83d\ude00"}`,
		`{"text":"Grüße an\/aus Köln 😀"}`,
	} {
		s.write(newSpan(n, n+1, 0, 0, func(s *Span) { s.Mastra.Input = input }))
	}
	for _, text := range []string{"Grüße", "an/aus", "Köln 😀", "grüße an/aus köln"} {
		hits, err := searchAll(t.Context(), s.reader(), text, SearchFilter{})
		require.NoError(t, err)
		assert.Len(t, hits, 4, text)
	}
	hits, err := searchAll(t.Context(), s.reader(), "Grüsse", SearchFilter{})
	require.NoError(t, err)
	assert.Empty(t, hits)
}

// indexed are stores of both kinds with an index of words.
func indexed(t *testing.T, test func(t *testing.T, s *testStore)) {
	t.Helper()
	change := func(o *Options) {
		o.Search.Enabled, o.Search.MaxChars = true, 300
		o.Retention = Retention{MaxAge: time.Hour, DeleteBatch: 10}
	}
	t.Run("file", func(t *testing.T) {
		test(t, openTestStore(t, func(_ *FileOptions, o *Options) { change(o) }))
	})
	t.Run("server", func(t *testing.T) {
		s, _ := openTestServer(t, func(_ *ServerOptions, o *Options) { change(o) })
		test(t, s)
	})
}

// searchAll reads pages up to the limit.
func searchAll(ctx context.Context, r *Reader, text string, f SearchFilter) ([]Hit, error) {
	if f.Limit <= 0 {
		f.Limit = defaultLimit
	}
	var all []Hit
	for {
		list, next, err := r.SearchPage(ctx, text, f)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
		f.Limit -= len(list)
		if next == 0 || f.Limit <= 0 {
			return all, nil
		}
		f.Below = next
	}
}

// waitForIndex waits until all spans are in the index.
func (s *testStore) waitForIndex() {
	s.t.Helper()
	require.Eventually(s.t, func() bool {
		s.clock.advance(indexDelay)
		return s.value(`SELECT (SELECT value FROM otel_state WHERE key = 'indexed') >= (SELECT max(id) FROM otel_spans)`) == int64(1)
	}, 10*time.Second, 5*time.Millisecond)
}

func (s *testStore) found(text string) (all []string) {
	s.t.Helper()
	hits, err := searchAll(s.t.Context(), s.reader(), text, SearchFilter{})
	require.NoError(s.t, err)
	for _, h := range hits {
		all = append(all, h.Column+" of "+h.SpanID)
	}
	return all
}

func TestWordsAreFoundInTheIndex(t *testing.T) {
	indexed(t, func(t *testing.T, s *testStore) {
		t.Helper()
		spans := []Span{newSpan(1, 1, 0, 0), newSpan(1, 2, 1, 1), newSpan(1, 3, 1, 2), newSpan(2, 4, 0, 3)}
		spans[0].Mastra.Input = `[{"parts":[{"content":"Where is the Gr\u00fc\u00dfe\/Hall? 100% of it"}]}]`
		spans[1].Mastra.Output = `"the hall is late, said the porter's \"friend\""`
		spans[2].Mastra.Error = `{"message":"porter not found"}`
		spans[3].Mastra.Input = JSON(`"` + strings.Repeat("word ", 60) + `beyond"`)
		s.write(spans...)
		for range 2 { // before and after they are in the index
			assert.Equal(t, []string{"output of " + spanID(2), "input of " + spanID(1)}, s.found("hall"))
			assert.Equal(t, []string{"error of " + spanID(3), "output of " + spanID(2)}, s.found("porter"))
			assert.Equal(t, []string{"input of " + spanID(1)}, s.found("Grüße/Ha"), "the beginning of the last word")
			assert.Equal(t, []string{"input of " + spanID(1)}, s.found("100% of"))
			assert.Empty(t, s.found("porter late"))
			s.waitForIndex()
		}
		assert.Equal(t, []string{"input of " + spanID(1)}, s.found("GRUßE hall"), "letters match without their accents")
		assert.Empty(t, s.found("grusse"), "ß is a letter of its own")
		assert.Equal(t, []string{"output of " + spanID(2)}, s.found(`the porter's "friend"`))
		assert.Empty(t, s.found("beyond"), "beyond max_chars")
		assert.Empty(t, s.found("parts"), "names of members are no text")
		assert.Empty(t, s.found("orter"), "the index knows words")
		assert.Empty(t, s.found(`" OR text:`))
		hits, err := searchAll(t.Context(), s.reader(), "hall", SearchFilter{Limit: 1, Services: []string{"shop"}, Since: time.UnixMicro(1)})
		require.NoError(t, err)
		require.Len(t, hits, 1)
		assert.Equal(t, `the hall is late, said the porter's "friend"`, hits[0].Excerpt)
		assert.Contains(t, s.plan(SearchFilter{}.indexStatement("hall", matching("hall")).sql, "hall", "hall", int64(9), int64(1)), "VIRTUAL TABLE INDEX")
	})
}

func TestWhatIsDeletedLeavesTheIndex(t *testing.T) {
	indexed(t, func(t *testing.T, s *testStore) {
		t.Helper()
		word := func(w string) func(*Span) { return func(s *Span) { s.Mastra.Input = JSON(`"` + w + `"`) } }
		s.write(newSpan(1, 1, 0, 0, word("first")))
		var many []Span
		for n := range 25 {
			many = append(many, newSpan(2, 10+n, min(n, 1)*10, n, word("second")))
		}
		s.write(many...)
		s.waitForIndex()
		assert.Len(t, s.found("second"), 25)
		s.clock.advance(2 * time.Hour)
		s.tendNow(20)
		assert.EqualValues(t, 0, s.value(`SELECT count(*) FROM otel_spans`))
		assert.Empty(t, s.rows(`SELECT rowid FROM otel_search('first OR second')`))
		// Ids are given out again.
		s.write(newSpan(3, 3, 0, 0, word("third")))
		s.waitForIndex()
		assert.Len(t, s.rows(`SELECT rowid FROM otel_search('third')`), 1)
	})
}

func TestTheIndexGoesWhereItIsSwitchedOff(t *testing.T) {
	path := newTestFile(t)
	on := openTestStoreAt(t, path, func(_ *FileOptions, o *Options) { o.Search.Enabled = true })
	on.write(newSpan(1, 1, 0, 0, func(s *Span) { s.Mastra.Input = `"word"` }))
	on.waitForIndex()
	require.NoError(t, on.Close(t.Context()))
	off := openTestStoreAt(t, path)
	assert.Empty(t, off.rows(`SELECT name FROM sqlite_master WHERE name LIKE 'otel_search%'`))
	assert.Len(t, off.found("wor"), 1)
	require.NoError(t, off.Close(t.Context()))
	// And is made of what is stored where it is switched on again.
	again := openTestStoreAt(t, path, func(_ *FileOptions, o *Options) { o.Search.Enabled = true })
	again.waitForIndex()
	assert.Len(t, again.rows(`SELECT rowid FROM otel_search('word')`), 1)
}

func TestAnIndexRemovedByHandIsMadeAnew(t *testing.T) {
	path := newTestFile(t)
	on := func(_ *FileOptions, o *Options) { o.Search.Enabled = true }
	first := openTestStoreAt(t, path, on)
	first.write(newSpan(1, 1, 0, 0, func(s *Span) { s.Mastra.Input = `"word"` }))
	first.waitForIndex()
	first.rows(`DROP TABLE otel_search`)
	require.NoError(t, first.Close(t.Context()))
	again := openTestStoreAt(t, path, on)
	again.waitForIndex()
	assert.Len(t, again.rows(`SELECT rowid FROM otel_search('word')`), 1)
	assert.Len(t, again.found("word"), 1)
}

func TestWhatTheIndexCannotFindIsReadFromEndToEnd(t *testing.T) {
	indexed(t, func(t *testing.T, s *testStore) {
		t.Helper()
		spans := []Span{newSpan(1, 1, 0, 0), newSpan(1, 2, 1, 1), newSpan(1, 3, 1, 2)}
		spans[0].Mastra.Input = `"well done 🎉 &&"`
		spans[1].Mastra.Output = `"東京都の天気は晴れです"`
		spans[2].Mastra.Output = `"สวัสดีครับ"`
		s.write(spans...)
		for range 2 {
			assert.Equal(t, []string{"input of " + spanID(1)}, s.found("🎉"))
			assert.Equal(t, []string{"input of " + spanID(1)}, s.found("&&"))
			assert.Equal(t, []string{"output of " + spanID(2)}, s.found("天気"))
			assert.Equal(t, []string{"output of " + spanID(3)}, s.found("ดี"))
			s.waitForIndex()
		}
	})
}

// A crash leaves a WAL: the tables of the index are looked at too.
func TestAFileWithAnIndexIsWholeAfterAnUncleanStop(t *testing.T) {
	path := newTestFile(t)
	on := func(_ *FileOptions, o *Options) { o.Search.Enabled = true }
	first := openTestStoreAt(t, path, on)
	first.write(newSpan(1, 1, 0, 0, func(s *Span) { s.Mastra.Input = `"word"` }))
	first.waitForIndex()
	other := newTestFile(t)
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + suffix)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(other+suffix, b, 0o600))
	}
	again := openTestStoreAt(t, other, on)
	assert.Len(t, again.found("word"), 1)
	assert.Equal(t, "ok", again.value(`PRAGMA integrity_check`))
}

// TestASearchIsPaged: hit after hit, with an index, without one, and with one that is not
// up to date.
func TestASearchIsPaged(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			var spans []Span
			for n := 1; n <= searchWindow+50; n++ {
				span := newSpan(n%7, n, 0, n)
				if n%500 == 0 || n > searchWindow+45 {
					span.Mastra.Input = JSON(`"the hall is late"`)
				}
				spans = append(spans, span)
			}
			s.write(spans...)
			whole, err := searchAll(t.Context(), s.reader(), "hall is", SearchFilter{})
			require.NoError(t, err)
			require.Len(t, whole, searchWindow/500+5)
			var paged []Hit
			f := SearchFilter{Limit: 3}
			for pages := 0; ; pages++ {
				require.Less(t, pages, 20)
				list, next, err := s.reader().SearchPage(t.Context(), "hall is", f)
				require.NoError(t, err)
				assert.LessOrEqual(t, len(list), 3)
				paged = append(paged, list...)
				if next == 0 {
					break
				}
				f.Below = next
			}
			assert.Equal(t, whole, paged)
			none, err := searchAll(t.Context(), s.reader(), "hall is", SearchFilter{Services: []string{"nobody"}})
			require.NoError(t, err)
			assert.Empty(t, none)
			some, err := searchAll(t.Context(), s.reader(), "hall is", SearchFilter{Services: []string{"nobody", whole[0].Service}, Limit: 1})
			require.NoError(t, err)
			assert.Equal(t, whole[:1], some)
		})
	}
}
