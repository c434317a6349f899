package tracestore

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// from gives a span a resource and a scope of their own, whose attributes have
// so many bytes.
func from(n, bytes int) func(*Span) {
	value := strings.Repeat("x", bytes)
	return func(s *Span) {
		s.Resource = &Resource{Attributes: JSON(fmt.Sprintf(`{"n":%d,"x":"%s"}`, n, value)), ServiceName: "shop"}
		s.Scope = &Scope{Name: fmt.Sprint("scope ", n), Attributes: JSON(fmt.Sprintf(`{"x":"%s"}`, value))}
	}
}

// assertOrigins asserts that each resource and scope has a row, and each row a
// resource and a scope.
func (s *testStore) assertOrigins() {
	s.t.Helper()
	const rows = `(SELECT resource_id, scope_id FROM otel_spans UNION SELECT resource_id, scope_id FROM otel_logs)`
	for query, what := range map[string]string{
		`SELECT count(*) FROM otel_resources WHERE id NOT IN (SELECT resource_id FROM ` + rows + `)`: "resources that no row names",
		`SELECT count(*) FROM otel_scopes WHERE id NOT IN (SELECT scope_id FROM ` + rows + `)`:       "scopes that no row names",
		`SELECT count(*) FROM ` + rows + ` WHERE resource_id NOT IN (SELECT id FROM otel_resources)`: "resources that are missing",
		`SELECT count(*) FROM ` + rows + ` WHERE scope_id NOT IN (SELECT id FROM otel_scopes)`:       "scopes that are missing",
	} {
		assert.EqualValues(s.t, 0, s.value(query), what)
	}
}

func TestResourcesAndScopesGoWithTheLastRowThatNamesThem(t *testing.T) {
	retaining(t, Retention{MaxAge: 24 * time.Hour, DeleteBatch: 4}, func(t *testing.T, s *testStore) {
		t.Helper()
		log := testLog(1)
		log.Resource, log.Scope = newSpan(1, 1, 0, 0, from(4, 10)).Resource, newSpan(1, 1, 0, 0, from(5, 10)).Scope
		_, err := s.WriteLogs(t.Context(), []Log{log})
		require.NoError(t, err)
		for n := range 4 { // the last has more spans than a batch
			s.write(newSpan(n, 10*n+1, 0, 0, from(n, 10)), newSpan(n, 10*n+2, 10*n+1, 1))
		}
		for n := range 9 {
			s.write(newSpan(3, 100+n, 31, n, from(10+n, 10)))
		}
		s.clock.advance(23 * time.Hour)
		kept := testLog(2)
		kept.Resource, kept.Scope = log.Resource, newSpan(1, 1, 0, 0, from(1, 10)).Scope
		_, err = s.WriteLogs(t.Context(), []Log{kept})
		require.NoError(t, err)
		s.write(newSpan(9, 91, 0, 0), newSpan(9, 92, 91, 0, from(2, 10)))
		s.tendNow(20)
		assert.EqualValues(t, 15, s.value(`SELECT count(*) FROM otel_resources`), "nothing is that old yet")
		s.clock.advance(2 * time.Hour)
		s.tendNow(20)
		s.assertOrigins()
		assert.EqualValues(t, 3, s.value(`SELECT count(*) FROM otel_resources`), "of the log record, of the old spans that the new trace names too, and its own")
	})
}

// TestResourcesDoNotFillTheSize has a resource for each trace, which is larger
// than the trace.
func TestResourcesDoNotFillTheSize(t *testing.T) {
	const limit = 640 << 10
	retaining(t, Retention{MaxSize: limit, DeleteBatch: 20}, func(t *testing.T, s *testStore) {
		t.Helper()
		for n := range 10 {
			var spans []Span
			for id := 10 * n; id < 10*n+10; id++ {
				spans = append(spans, newSpan(id, id+1, 0, 0, from(id, 5000)))
			}
			s.write(spans...)
			s.tendNow(5)
		}
		s.tendNow(20)
		s.assertOrigins()
		assert.Greater(t, s.value(`SELECT count(*) FROM otel_traces`), int64(20))
	})
}

// TestWhatAnEarlierReleaseHasLeftOfResourcesIsFound: it deleted traces only.
func TestWhatAnEarlierReleaseHasLeftOfResourcesIsFound(t *testing.T) {
	path := newTestFile(t)
	first, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
	require.NoError(t, err)
	for n := range 30 {
		_, err = first.Write(t.Context(), []Span{newSpan(n, n+1, 0, 0, from(n, 10))})
		require.NoError(t, err)
	}
	require.NoError(t, first.Close(context.Background()))
	queryFile(t, path, `DELETE FROM otel_spans WHERE id > 3`)
	s := openTestStoreAt(t, path, func(_ *FileOptions, o *Options) { o.Retention = Retention{MaxAge: time.Hour, DeleteBatch: 4} })
	s.tendNow(30)
	s.assertOrigins()
	assert.EqualValues(t, 3, s.value(`SELECT count(*) FROM otel_scopes`))
}

// TestAnotherCollectorMayDeleteAResourceThatIsStillInUseHere: two collectors
// share a database, and what one of them has stored the other deletes.
func TestAnotherCollectorMayDeleteAResourceThatIsStillInUseHere(t *testing.T) {
	retaining(t, Retention{MaxAge: time.Hour}, func(t *testing.T, s *testStore) {
		t.Helper()
		other := openTestStoreAt(t, s.path)
		_, err := other.Write(t.Context(), []Span{newSpan(1, 1, 0, 0, from(1, 10))})
		require.NoError(t, err)
		s.clock.advance(2 * time.Hour)
		s.tendNow(5)
		assert.EqualValues(t, 0, s.value(`SELECT count(*) FROM otel_resources`))
		_, err = other.Write(t.Context(), []Span{newSpan(2, 2, 0, 0, from(1, 10))})
		require.NoError(t, err)
		s.assertOrigins()
		s.tendNow(5)
		s.write(newSpan(3, 3, 0, 0, from(1, 10)))
		s.assertOrigins()
	})
}

// TestCollectorsThatShareADatabaseMayAllDelete: each step is a transaction that
// looks again at what it deletes.
func TestCollectorsThatShareADatabaseMayAllDelete(t *testing.T) {
	path := newTestFile(t)
	var stores []*testStore
	for range 2 {
		stores = append(stores, openTestStoreAt(t, path, func(_ *FileOptions, o *Options) {
			o.Retention = Retention{MaxAge: time.Hour, MaxSize: 1 << 20, DeleteBatch: 7}
			o.Search.Enabled = true
		}))
	}
	var all sync.WaitGroup
	for number, s := range stores {
		all.Go(func() {
			for n := range 30 {
				trace := 100*number + n
				spans := []Span{newSpan(trace, 1000*trace+1, 0, 0, from(n, 2000), withPayload(5000)), newSpan(trace, 1000*trace+2, 1000*trace+1, 1, call(1, 1, 1))}
				for i := range 10 { // more than a batch
					spans = append(spans, newSpan(trace, 1000*trace+10+i, 1000*trace+1, i, withPayload(2000)))
				}
				_, err := s.Write(t.Context(), spans)
				assert.NoError(t, err)
				s.tendNow(3)
			}
			s.clock.advance(2 * time.Hour)
			s.tendNow(200)
		})
	}
	all.Wait()
	s := stores[0]
	s.tendNow(20)
	s.assertWhole(12)
	// What the other has deleted since it was read leaves its resource to the sweep.
	s.clock.advance(sweepEvery)
	s.tendNow(20)
	s.assertOrigins()
	assert.EqualValues(t, 0, s.value(`SELECT count(*) FROM otel_traces`))
	assert.EqualValues(t, "ok", s.value(`PRAGMA integrity_check`))
}
