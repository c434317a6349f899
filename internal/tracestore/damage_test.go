package tracestore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const testPage = 4096

// damagedStore is a store of some hundred pages, with free ones, after an orderly end.
func damagedStore(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "traces.db")
	store, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
	require.NoError(t, err)
	for n := range 20 {
		var spans []Span
		for i := range 20 {
			spans = append(spans, newSpan(n*20+i, n*20+i+1, 0, i, withPayload(3000)))
		}
		_, err := store.Write(t.Context(), spans)
		require.NoError(t, err)
	}
	require.NoError(t, store.Close(context.Background()))
	queryFile(t, path, `DELETE FROM mastra_ai_spans WHERE rowid % 4 = 0`)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NotZero(t, binary.BigEndian.Uint32(content[36:]), "pages are free")
	return content
}

// noise overwrites a part of a file.
func noise(content []byte, at, n int) []byte {
	content = bytes.Clone(content)
	_, _ = rand.NewChaCha8([32]byte{byte(at), byte(at >> 8), byte(at >> 16)}).Read(content[at : at+n])
	return content
}

func root(t *testing.T, content []byte, name string) int {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return (int(queryFile(t, path, `SELECT rootpage FROM sqlite_master WHERE name = '`+name+`'`)[0][0].(int64)) - 1) * testPage
}

// inText overwrites a statement of the schema, wherever it stands.
func inText(content []byte, text string) []byte {
	return bytes.ReplaceAll(content, []byte(text), noise(make([]byte, len(text)), 0, len(text)))
}

// TestDamageOfADatabaseIsNeverSilent has each damage at the start, where the file is
// refused or moved aside.
func TestDamageOfADatabaseIsNeverSilent(t *testing.T) {
	whole := damagedStore(t)
	free := (int(binary.BigEndian.Uint32(whole[32:])) - 1) * testPage
	half := len(whole) / 2 / testPage * testPage
	const damaged, noDatabase = "is damaged", "is not a SQLite database"
	for name, test := range map[string]struct {
		content []byte
		want    string
	}{
		"cut between pages":               {whole[:half], damaged},
		"cut by one page":                 {whole[:len(whole)-testPage], damaged},
		"cut in a page":                   {whole[:half+100], damaged},
		"cut in the header":               {whole[:50], damaged},
		"cut after the header":            {whole[:100], damaged},
		"cut after the first page":        {whole[:testPage], damaged},
		"first page of zeros":             {append(make([]byte, testPage), whole[testPage:]...), noDatabase},
		"zeros only":                      {make([]byte, len(whole)), noDatabase},
		"noise in the header":             {noise(whole, 0, 100), noDatabase},
		"noise after the magic string":    {noise(whole, 16, 84), noDatabase},
		"noise in the first page":         {noise(whole, 100, testPage-100), damaged},
		"noise in its second half":        {noise(whole, testPage/2, testPage/2), damaged},
		"noise in the map of pages":       {noise(whole, testPage, testPage), damaged},
		"noise in a page of the schema":   {noise(whole, bytes.LastIndex(whole, []byte("CREATE TABLE otel_logs"))/testPage*testPage, testPage), damaged},
		"noise in a text of the schema":   {inText(whole, "CREATE TABLE otel_state"), damaged},
		"noise within a statement of it":  {inText(whole, "event_name         TEXT,"), damaged},
		"noise in a table":                {noise(whole, root(t, whole, "mastra_ai_spans"), testPage), damaged},
		"zeros in a table":                {append(append(bytes.Clone(whole[:root(t, whole, "otel_spans")]), make([]byte, testPage)...), whole[root(t, whole, "otel_spans")+testPage:]...), damaged},
		"noise in an index":               {noise(whole, root(t, whole, "sqlite_autoindex_otel_traces_1"), testPage), damaged},
		"noise in the list of free pages": {noise(whole, free, testPage), damaged},
		"another file":                    {[]byte(strings.Repeat("no database ", 1000)), noDatabase},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "traces.db")
			require.NoError(t, os.WriteFile(path, test.content, 0o600))
			_, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
			require.ErrorContains(t, err, test.want)
			require.ErrorContains(t, err, "url: "+path)
			require.ErrorContains(t, err, "file::on_corruption: quarantine")
			assertNoInternals(t, err.Error())
			left, err := os.ReadFile(path)
			require.NoError(t, err)
			require.True(t, bytes.Equal(test.content, left), "it is left as it is")

			assertQuarantined(t, path, test.content)
		})
	}
}

// assertQuarantined opens a damaged file, and looks for it beside a new one.
func assertQuarantined(t *testing.T, path string, content []byte) {
	t.Helper()
	var notices []string
	o := DefaultFileOptions(path)
	o.Quarantine = true
	store, err := OpenFile(t.Context(), o, Options{Notice: func(s string) { notices = append(notices, s) }})
	require.NoError(t, err)
	r, err := store.Write(t.Context(), []Span{newSpan(9000, 9000, 0, 0)})
	require.NoError(t, err)
	require.Equal(t, Result{Inserted: 1}, r)
	require.NoError(t, store.Close(context.Background()))
	require.Len(t, notices, 1)
	assert.Contains(t, notices[0], path+" was damaged; it is now "+path+".corrupt-")
	assertNoInternals(t, notices[0])
	aside, err := filepath.Glob(path + ".corrupt-*Z")
	require.NoError(t, err)
	require.Len(t, aside, 1)
	moved, err := os.ReadFile(aside[0])
	require.NoError(t, err)
	assert.True(t, bytes.Equal(content, moved))
	assert.Equal(t, [][]any{{spanID(9000)}}, queryFile(t, path, `SELECT spanId FROM mastra_ai_spans`))
}

// assertNoInternals looks for what an operator cannot know.
func assertNoInternals(t *testing.T, text string) {
	t.Helper()
	assert.NotRegexp(t, `RANDOM|disk image|malformed|syntax error|sqlite_master|otel_|quick_check|\(\d+\)`, text)
}

// TestWhatALogHasLostIsTold kills the user of a store, and damages what it leaves.
func TestWhatALogHasLostIsTold(t *testing.T) {
	const spans = 30
	path := filepath.Join(t.TempDir(), "traces.db")
	store, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
	require.NoError(t, err)
	defer func() { _ = store.Close(context.Background()) }()
	for n := range spans {
		_, err := store.Write(t.Context(), []Span{newSpan(n, n+1, 0, 0)})
		require.NoError(t, err)
	}
	read := func(suffix string) []byte {
		content, err := os.ReadFile(path + suffix)
		require.NoError(t, err)
		return content
	}
	// As a kill leaves them.
	database, log, index := read(""), read("-wal"), read("-shm")
	const frame = testPage + frameHeaderSize
	frames := (len(log) - walHeaderSize) / frame
	require.Greater(t, frames, 100)
	at := func(n int) int { return walHeaderSize + n*frame }
	earlier := bytes.Clone(log[at(frames/2):]) // as a frame of the generation before
	for i := 0; i+frame <= len(earlier); i += frame {
		binary.BigEndian.PutUint32(earlier[i+8:], 7)
	}
	const gone, header, cut, torn = "is gone or empty", "its header is damaged", "is damaged or truncated", "ends within a transaction"
	for name, test := range map[string]struct {
		log, index []byte
		want       string // "" is silent
		whole      bool   // nothing is lost
	}{
		"as it was":                           {log: log, index: index, whole: true},
		"without its index":                   {log: log, whole: true},
		"an index of zeros":                   {log: log, index: make([]byte, len(index)), whole: true},
		"an index of noise":                   {log: log, index: noise(index, 0, len(index)), whole: true},
		"a cut index":                         {log: log, index: index[:100], whole: true},
		"frames of an earlier generation":     {log: append(bytes.Clone(log), earlier...), index: index, whole: true},
		"the same without an index":           {log: append(bytes.Clone(log), earlier...), whole: true},
		"a transaction that was not finished": {log: append(bytes.Clone(log), log[at(3):at(5)]...), index: index, whole: true},
		"a frame that was not finished":       {log: append(bytes.Clone(log), log[at(3):at(3)+999]...), index: index, whole: true},
		"gone":                                {index: index, want: gone},
		"gone with its index":                 {want: gone},
		"cut to nothing":                      {log: []byte{}, index: index, want: gone},
		"cut to nothing, without an index":    {log: []byte{}, want: gone},
		"cut in its header":                   {log: log[:20], index: index, want: header},
		"cut between frames":                  {log: log[:at(frames/2)], index: index, want: cut},
		"cut in a frame":                      {log: log[:at(frames/2)+500], index: index, want: cut},
		"cut in a frame, without an index":    {log: log[:at(frames/2)+500], want: torn},
		"zeros":                               {log: make([]byte, len(log)), index: index, want: header},
		"zeros without an index":              {log: make([]byte, len(log)), want: header},
		"zeros at the end":                    {log: append(bytes.Clone(log[:at(frames/2)]), make([]byte, at(frames)-at(frames/2))...), index: index, want: cut},
		"noise in its header":                 {log: noise(log, 0, walHeaderSize), index: index, want: header},
		"noise in a salt":                     {log: noise(log, 16, 8), index: index, want: header},
		"noise in a frame":                    {log: noise(log, at(frames/2)+100, 1000), index: index, want: cut},
		"noise in a frame, without an index":  {log: noise(log, at(frames/2)+100, 1000), want: torn},
		"noise in the first frame":            {log: noise(log, at(0), frame), index: index, want: cut},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "traces.db")
			for suffix, content := range map[string][]byte{"": database, "-wal": test.log, "-shm": test.index} {
				if content != nil {
					require.NoError(t, os.WriteFile(path+suffix, content, 0o600))
				}
			}
			var notices []string
			store, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{Notice: func(s string) { notices = append(notices, s) }})
			require.NoError(t, err)
			_, err = store.Write(t.Context(), []Span{newSpan(9000, 9000, 0, 0)})
			require.NoError(t, err)
			require.NoError(t, store.Close(context.Background()))
			if test.whole {
				assert.EqualValues(t, spans+1, queryFile(t, path, `SELECT count(*) FROM otel_spans`)[0][0])
			}
			if test.want == "" {
				assert.Empty(t, notices)
			} else if assert.Len(t, notices, 1) {
				assert.Contains(t, notices[0], path+"-wal")
				assert.Contains(t, notices[0], test.want)
				assert.Contains(t, notices[0], "lost")
				assertNoInternals(t, strings.ReplaceAll(notices[0], "(0 bytes)", ""))
			}
			notices = nil
			store, err = OpenFile(t.Context(), DefaultFileOptions(path), Options{Notice: func(s string) { notices = append(notices, s) }})
			require.NoError(t, err)
			require.NoError(t, store.Close(context.Background()))
			assert.Empty(t, notices, "it is told once")
		})
	}
}

// TestWhatIsDoneToTheFilesOfAnOpenStoreIsTold acknowledges nothing that goes to a file
// which nobody will find again.
func TestWhatIsDoneToTheFilesOfAnOpenStoreIsTold(t *testing.T) {
	overwrite := func(suffix string, zeros func(size int) int) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			t.Helper()
			content, err := os.ReadFile(path + suffix)
			require.NoError(t, err)
			clear(content[:zeros(len(content))])
			f, err := os.OpenFile(path+suffix, os.O_WRONLY, 0)
			require.NoError(t, err)
			_, err = f.Write(content)
			require.NoError(t, errors.Join(err, f.Close()))
		}
	}
	cut := func(suffix string, to int64) func(*testing.T, string) {
		return func(t *testing.T, path string) { t.Helper(); require.NoError(t, os.Truncate(path+suffix, to)) }
	}
	remove := func(suffixes ...string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			t.Helper()
			for _, suffix := range suffixes {
				require.NoError(t, os.Remove(path+suffix))
			}
		}
	}
	const mayBeLost, saved, gone = "may be lost", "opened anew, with what they held", "was removed or replaced while it was in use"
	for name, test := range map[string]struct {
		do    func(*testing.T, string)
		want  string // "" is silent
		spans int64  // that are stored, of 30 before and 10 after
	}{
		"nothing":                       {func(*testing.T, string) {}, "", 40},
		"the WAL is cut to nothing":     {cut("-wal", 0), mayBeLost, 10},
		"the WAL is cut":                {cut("-wal", 9_000), mayBeLost, 10},
		"the WAL is zeroed":             {overwrite("-wal", func(n int) int { return n }), mayBeLost, 10},
		"the head of the WAL is zeroed": {overwrite("-wal", func(int) int { return 32 }), mayBeLost, 10},
		"the WAL is removed":            {remove("-wal"), saved, 40},
		"its index is removed":          {remove("-shm"), saved, 40},
		"both are removed":              {remove("-shm", "-wal"), saved, 40},
		"its index is cut":              {cut("-shm", 0), mayBeLost, 40},
		"all are removed":               {remove("", "-shm", "-wal"), gone, 10},
		"the database is removed":       {remove(""), gone, 10},
		"another empties the WAL":       {func(t *testing.T, path string) { t.Helper(); queryFile(t, path, `PRAGMA wal_checkpoint(TRUNCATE)`) }, "", 40},
		"another looks":                 {func(t *testing.T, path string) { t.Helper(); queryFile(t, path, `SELECT count(*) FROM traces`) }, "", 40},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "traces.db")
			var notices []string
			options := Options{Notice: func(s string) { notices = append(notices, s) }}
			store, err := OpenFile(t.Context(), DefaultFileOptions(path), options)
			require.NoError(t, err)
			write := func(from, to int) {
				for n := from; n < to; n++ {
					r, err := store.Write(t.Context(), []Span{newSpan(n, n+1, 0, 0)})
					require.NoError(t, err)
					require.Equal(t, Result{Inserted: 1}, r)
				}
			}
			write(0, 30)
			test.do(t, path)
			write(30, 40)
			require.NoError(t, store.Close(context.Background()))
			if test.want == "" {
				assert.Empty(t, notices)
			} else if assert.Len(t, notices, 1) {
				assert.Contains(t, notices[0], path)
				assert.Contains(t, notices[0], test.want)
			}
			// What was copied into the database before is not lost.
			assert.GreaterOrEqual(t, queryFile(t, path, `SELECT count(*) FROM otel_spans`)[0][0], test.spans)
			assert.Equal(t, "ok", queryFile(t, path, `PRAGMA integrity_check`)[0][0])
			store, err = OpenFile(t.Context(), DefaultFileOptions(path), options)
			require.NoError(t, err)
			require.NoError(t, store.Close(context.Background()))
		})
	}
}

// TestADatabaseThatIsCutWhileItIsOpenTakesNoMore goes on in a new file where that is
// asked for.
func TestADatabaseThatIsCutWhileItIsOpenTakesNoMore(t *testing.T) {
	for _, quarantine := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "traces.db")
		require.NoError(t, os.WriteFile(path, damagedStore(t), 0o600))
		var notices []string
		o := DefaultFileOptions(path)
		o.Quarantine = quarantine
		store, err := OpenFile(t.Context(), o, Options{Notice: func(s string) { notices = append(notices, s) }})
		require.NoError(t, err)
		require.NoError(t, os.Truncate(path, 10*testPage))
		r, err := store.Write(t.Context(), []Span{newSpan(9000, 9000, 0, 0)})
		if quarantine {
			require.NoError(t, err)
			assert.Equal(t, Result{Inserted: 1}, r)
			require.Len(t, notices, 1)
			assert.Contains(t, notices[0], "was damaged; it is now")
		} else {
			require.ErrorContains(t, err, "url: "+path+" is damaged")
			assert.Empty(t, notices)
		}
		_ = store.Close(context.Background()) // the damaged one may say so
	}
}

// TestCommitsWithoutTheirDatabaseAreNotDeleted has a WAL beside nothing, which SQLite
// would delete.
func TestCommitsWithoutTheirDatabaseAreNotDeleted(t *testing.T) {
	from := filepath.Join(t.TempDir(), "traces.db")
	store, err := OpenFile(t.Context(), DefaultFileOptions(from), Options{})
	require.NoError(t, err)
	defer func() { _ = store.Close(context.Background()) }()
	_, err = store.Write(t.Context(), []Span{newSpan(1, 1, 0, 0)})
	require.NoError(t, err)
	log, err := os.ReadFile(from + "-wal")
	require.NoError(t, err)
	for what, database := range map[string][]byte{"missing": nil, "empty": {}} {
		path := filepath.Join(t.TempDir(), "traces.db")
		if database != nil {
			require.NoError(t, os.WriteFile(path, database, 0o600))
		}
		require.NoError(t, os.WriteFile(path+"-wal", log, 0o600))
		_, err = OpenFile(t.Context(), DefaultFileOptions(path), Options{})
		require.ErrorContains(t, err, "url: "+path+" is "+what+", and "+path+"-wal has")
		left, err := os.ReadFile(path + "-wal")
		require.NoError(t, err)
		assert.Equal(t, log, left)
		if database == nil {
			assert.NoFileExists(t, path)
		}

		var notices []string
		o := DefaultFileOptions(path)
		o.Quarantine = true
		store, err := OpenFile(t.Context(), o, Options{Notice: func(s string) { notices = append(notices, s) }})
		require.NoError(t, err)
		require.NoError(t, store.Close(context.Background()))
		require.Len(t, notices, 1)
		moved, err := filepath.Glob(path + ".corrupt-*Z-wal")
		require.NoError(t, err)
		assert.Len(t, moved, 1)
	}
}

// TestAnEmptyFileIsNamed may have been a store.
func TestAnEmptyFileIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traces.db")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	var notices []string
	store, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{Notice: func(s string) { notices = append(notices, s) }})
	require.NoError(t, err)
	require.NoError(t, store.Close(context.Background()))
	require.Len(t, notices, 1)
	assert.Contains(t, notices[0], path+" was empty (0 bytes)")
}

// TestAFileThatIsPutInThePlaceOfAnOpenOneKeepsItsOwnCommits restores a backup while
// the store is open, where SQLite would take the WAL of the old file for that of the new
// one.
func TestAFileThatIsPutInThePlaceOfAnOpenOneKeepsItsOwnCommits(t *testing.T) {
	backup := damagedStore(t)
	path := filepath.Join(t.TempDir(), "traces.db")
	var notices []string
	store, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{Notice: func(s string) { notices = append(notices, s) }})
	require.NoError(t, err)
	_, err = store.Write(t.Context(), []Span{newSpan(8000, 8000, 0, 0)})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path+".new", backup, 0o600))
	require.NoError(t, os.Rename(path+".new", path))
	_, err = store.Write(t.Context(), []Span{newSpan(9000, 9000, 0, 0)})
	require.NoError(t, err)
	require.NoError(t, store.Close(context.Background()))
	assert.EqualValues(t, 401, queryFile(t, path, `SELECT count(*) FROM otel_spans`)[0][0])
	require.Len(t, notices, 1)
	assert.Contains(t, notices[0], path+" was removed or replaced while it was in use")
	kept, err := filepath.Glob(path + ".removed-*Z-wal")
	require.NoError(t, err)
	require.Len(t, kept, 1)
	assert.Contains(t, notices[0], kept[0])
}

// TestAValueThatAColumnShouldNotHaveIsNoDamage has a row of another program, which has
// changed the table since.
func TestAValueThatAColumnShouldNotHaveIsNoDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traces.db")
	require.NoError(t, os.WriteFile(path, damagedStore(t), 0o600))
	db := lookAt(t, path)
	db.SetMaxOpenConns(1)
	for _, query := range []string{
		`PRAGMA writable_schema = ON`,
		`UPDATE sqlite_master SET sql = replace(sql, '"error" TEXT', '"error" TEXT NOT NULL') WHERE name = 'mastra_ai_spans'`,
	} {
		_, err := db.ExecContext(t.Context(), query)
		require.NoError(t, err)
	}
	require.NoError(t, db.Close())
	require.Contains(t, queryFile(t, path, `PRAGMA quick_check(mastra_ai_spans)`)[0][0], "NULL value in mastra_ai_spans.error")
	store, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
	require.NoError(t, err)
	require.NoError(t, store.Close(context.Background()))
}
