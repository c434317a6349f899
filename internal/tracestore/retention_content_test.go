package tracestore

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// secretive gives a span content everywhere.
func secretive(word string) func(*Span) {
	return func(s *Span) {
		text := JSON(`"` + word + `"`)
		s.Mastra.Input, s.Mastra.Output, s.Mastra.Error = text, JSON(`{"text":`+string(text)+`}`), JSON(`{"message":`+string(text)+`}`)
		s.Mastra.Metadata, s.Mastra.Links = JSON(`{"note":`+string(text)+`}`), JSON(`[{"attributes":{"a":`+string(text)+`}}]`)
		s.Mastra.Attributes = JSON(`{"model":"gpt-4o","usage":{"inputTokens":10},"instructions":` + string(text) + `}`)
		s.Attributes, s.Events = JSON(`{"prompt":`+string(text)+`}`), JSON(`[{"name":"e","attributes":{"a":`+string(text)+`}}]`)
		s.StatusCode, s.StatusMessage = 2, word
		s.Facts.Preview, s.Facts.OutputPreview, s.Facts.ErrorPreview, s.Facts.ArgumentsHash = word, word, word, word
	}
}

// says counts the columns of all tables in which a word stands.
func (s *testStore) says(word string) (places []string) {
	s.t.Helper()
	for _, table := range s.rows(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'otel_search%'`) {
		name := table[0].(string)
		for _, row := range s.rows(`SELECT * FROM "` + name + `"`) {
			for _, v := range row {
				if text, ok := v.(string); ok && strings.Contains(text, word) {
					places = append(places, name+": "+text)
				}
			}
		}
	}
	return places
}

func TestContentGoesAndNumbersStay(t *testing.T) {
	retaining(t, Retention{MaxAge: 48 * time.Hour, Content: time.Hour, DeleteBatch: 3}, func(t *testing.T, s *testStore) {
		t.Helper()
		s.write(newSpan(1, 1, 0, 0, typed("agent_run"), secretive("xyzzy")), newSpan(1, 2, 1, 1, call(10, 1, 0.5), secretive("xyzzy")))
		var many []Span // more than a step takes
		for i := range 11 {
			many = append(many, newSpan(2, 100+i, 100*min(i, 1), i, secretive("xyzzy")))
		}
		s.write(many...)
		record := callRecord(1, 10, 1, 0.25)
		record.Body, record.Attributes = `"xyzzy"`, `{"a":"xyzzy"}`
		writeRecords(s, []Log{record})
		before := s.rows(`SELECT * FROM cost_daily`)
		s.tendNow(3)
		require.NotEmpty(t, s.says("xyzzy"), "it is young")
		s.clock.advance(2 * time.Hour)
		s.write(newSpan(3, 300, 0, 0, secretive("plugh")))
		s.tendNow(30)
		assert.Empty(t, s.says("xyzzy"))
		assert.NotEmpty(t, s.says("plugh"))
		assert.EqualValues(t, 14, s.value(`SELECT count(*) FROM otel_spans`))
		assert.EqualValues(t, 14, s.value(`SELECT count(*) FROM mastra_ai_spans`))
		assert.Equal(t, before, s.rows(`SELECT * FROM cost_daily`))
		assert.Equal(t, [][]any{{int64(10), 0.5, int64(1)}}, s.rows(`SELECT input_tokens, cost_usd, model_calls FROM otel_traces WHERE trace_id = ?`, traceID(1)))
		for _, row := range s.rows(`SELECT input, output, error, attributes, metadata, links FROM mastra_ai_spans WHERE traceId = ?`, traceID(1)) {
			for _, v := range row {
				if v != nil {
					assert.True(t, json.Valid([]byte(v.(string))), v)
				}
			}
			assert.JSONEq(t, `{"message":"deleted by retention::content"}`, row[2].(string), "it has failed as before")
			assert.JSONEq(t, `{"model":"gpt-4o","usage":{"inputTokens":10}}`, row[3].(string))
		}
		// What comes to it later has its time too.
		s.write(newSpan(1, 3, 1, 2, secretive("xyzzy")))
		s.tendNow(10)
		assert.NotEmpty(t, s.says("xyzzy"))
		s.clock.advance(2 * time.Hour)
		s.tendNow(30)
		assert.Empty(t, s.says("xyzzy"))
		assert.Empty(t, s.says("plugh"))
		spans, err := s.reader().Trace(t.Context(), traceID(1))
		require.NoError(t, err)
		assert.NotNil(t, spans)
	})
}

func TestWordsOfContentGoFromTheIndex(t *testing.T) {
	indexed(t, func(t *testing.T, s *testStore) {
		t.Helper()
		s.write(newSpan(1, 1, 0, 0, secretive("xyzzy")))
		s.waitForIndex()
		require.NotEmpty(t, s.found("xyzzy"))
		r := newRetainer(s.options, s.engine.tended())
		r.Retention.Content = time.Hour
		s.clock.advance(2 * time.Hour)
		for more := true; more; {
			var err error
			more, err = r.stripContent(t.Context(), s.clock.now())
			require.NoError(t, err)
		}
		assert.Empty(t, s.rows(`SELECT rowid FROM otel_search WHERE otel_search MATCH 'xyzzy'`))
	})
}
