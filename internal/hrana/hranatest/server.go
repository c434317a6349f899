// Package hranatest is a small and strict server of libSQL's HTTP protocol for
// tests: it runs what it is sent on a SQLite file, refuses what the protocol
// does not have, and fails on demand in ways in which no real server does.
package hranatest

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"modernc.org/sqlite"
)

// Server is a running server.
type Server struct {
	*httptest.Server

	mu      sync.Mutex
	db      *sql.DB
	conn    *sql.Conn
	fault   func(n int) Fault
	token   string
	oldOnly bool
	bodies  [][]byte
	longest int
}

// maxValue is the longest value that sqld takes, in bytes (libsql reference 2.3).
const maxValue = 5_000_000

// Fault is what goes wrong with one pipeline. The zero Fault is nothing.
type Fault struct {
	Status      int           // answer this status and run nothing
	Body        string        // with this body
	RetryAfter  string        // and this header
	ContentType string        // and this one
	Lose        bool          // run it, then cut the connection instead of answering
	Garble      bool          // run it, then answer what is no JSON
	Slow        time.Duration // wait before the answer, or until the client gives up
	BaseURL     string        // put this base_url into the answer
}

// New starts a server on a database file.
func New(t *testing.T, path string) *Server {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)") // as libsql-server
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(context.Background())
	require.NoError(t, err)
	s := &Server{db: db, conn: conn, longest: maxValue}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(func() {
		s.Server.Close()
		require.NoError(t, conn.Close())
		require.NoError(t, db.Close())
	})
	return s
}

// FailWith sets what goes wrong: fault is asked for the n-th pipeline, from 1.
func (s *Server) FailWith(fault func(n int) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
	s.bodies = nil
}

// RequireToken makes the server refuse other bearer tokens.
func (s *Server) RequireToken(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = token
}

// TakeValuesUpTo sets the longest value that the server takes, in bytes.
func (s *Server) TakeValuesUpTo(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.longest = n
}

// SpeakVersion2Only makes the server deny that there is a version 3.
func (s *Server) SpeakVersion2Only() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.oldOnly = true
}

// Bodies are the pipelines that have been received since the last FailWith.
func (s *Server) Bodies() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]byte(nil), s.bodies...)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	version := strings.TrimSuffix(r.URL.Path, "/pipeline")
	if r.Method != http.MethodPost || version != "/v2" && (version != "/v3" || s.oldOnly) {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	if s.token != "" && r.Header.Get("Authorization") != "Bearer "+s.token {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "Unauthorized: `The JWT is invalid`"})
		return
	}
	var p pipeline
	body := json.NewDecoder(r.Body)
	var raw json.RawMessage
	if err := body.Decode(&raw); err != nil || r.Header.Get("Content-Type") != "application/json" {
		answer(w, http.StatusBadRequest, map[string]string{"error": "cannot deserialize"})
		return
	}
	s.bodies = append(s.bodies, raw)
	strict := json.NewDecoder(strings.NewReader(string(raw)))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&p); err != nil {
		answer(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	var f Fault
	if s.fault != nil {
		f = s.fault(len(s.bodies))
	}
	if f.Status != 0 {
		w.Header().Set("Retry-After", f.RetryAfter)
		if f.ContentType != "" {
			w.Header().Set("Content-Type", f.ContentType)
		}
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte(f.Body))
		return
	}
	results := s.run(r.Context(), &p)
	if f.Slow > 0 {
		select {
		case <-time.After(f.Slow):
		case <-r.Context().Done():
		}
	}
	switch {
	case f.Lose:
		panic(http.ErrAbortHandler)
	case f.Garble:
		_, _ = w.Write([]byte(`{"results":[{"type`))
	default:
		out := map[string]any{"baton": nil, "base_url": nil, "results": results}
		if f.BaseURL != "" {
			out["base_url"] = f.BaseURL
		}
		answer(w, http.StatusOK, out)
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// The protocol, as far as it is spoken here.
type (
	pipeline struct {
		Baton    *string   `json:"baton"`
		Requests []request `json:"requests"`
	}
	request struct {
		Type  string     `json:"type"`
		Stmt  *statement `json:"stmt"`
		Batch *batch     `json:"batch"`
		SQLID int        `json:"sql_id"`
		SQL   string     `json:"sql"`
	}
	statement struct {
		SQL      string  `json:"sql"`
		SQLID    int     `json:"sql_id"`
		Args     []value `json:"args"`
		WantRows bool    `json:"want_rows"`
	}
	batch struct {
		Steps []step `json:"steps"`
	}
	step struct {
		Condition *condition `json:"condition"`
		Stmt      statement  `json:"stmt"`
	}
	condition struct {
		Type string     `json:"type"`
		Step *int       `json:"step"`
		Cond *condition `json:"cond"`
	}
	value struct {
		Type   string `json:"type"`
		Value  any    `json:"value,omitempty"`
		Base64 string `json:"base64,omitempty"`
	}
)

// run runs a pipeline, which must end with the close of its stream.
func (s *Server) run(ctx context.Context, p *pipeline) []any {
	ctx = context.WithoutCancel(ctx)
	texts := map[int]string{}
	var results []any
	for i, r := range p.Requests {
		response, err := any(map[string]any{"type": r.Type}), error(nil)
		switch r.Type {
		case "store_sql":
			texts[r.SQLID] = r.SQL
		case "close":
			if i != len(p.Requests)-1 {
				err = errors.New("a request after close")
			}
		case "execute":
			var result any
			result, err = s.execute(ctx, texts, r.Stmt)
			response = map[string]any{"type": "execute", "result": result}
		case "batch":
			response = map[string]any{"type": "batch", "result": s.batch(ctx, texts, r.Batch)}
		default:
			err = fmt.Errorf("unknown request %q", r.Type)
		}
		if err != nil {
			results = append(results, map[string]any{"type": "error", "error": failure(err)})
			continue
		}
		results = append(results, map[string]any{"type": "ok", "response": response})
	}
	// A stream that ends takes its transaction with it.
	_, _ = s.conn.ExecContext(ctx, "ROLLBACK")
	return results
}

func (s *Server) batch(ctx context.Context, texts map[int]string, b *batch) any {
	results, errs := make([]any, len(b.Steps)), make([]any, len(b.Steps))
	ok := make([]bool, len(b.Steps))
	for i, st := range b.Steps {
		if st.Condition != nil && !st.Condition.holds(ok[:i]) {
			continue
		}
		result, err := s.execute(ctx, texts, &st.Stmt)
		if err != nil {
			errs[i] = failure(err)
			continue
		}
		results[i], ok[i] = result, true
	}
	return map[string]any{"step_results": results, "step_errors": errs}
}

func (c *condition) holds(ok []bool) bool {
	switch {
	case c.Type == "ok" && c.Step != nil && *c.Step < len(ok):
		return ok[*c.Step]
	case c.Type == "not" && c.Cond != nil:
		return !c.Cond.holds(ok)
	}
	panic("hranatest: a condition that the protocol does not have")
}

func (s *Server) execute(ctx context.Context, texts map[int]string, st *statement) (any, error) {
	text := st.SQL
	if text == "" {
		var ok bool
		if text, ok = texts[st.SQLID]; !ok {
			return nil, fmt.Errorf("no SQL text with id %d", st.SQLID)
		}
	}
	args := make([]any, len(st.Args))
	for i, v := range st.Args {
		var err error
		if args[i], err = v.decode(); err != nil {
			return nil, err
		}
		if text, ok := args[i].(string); ok && len(text) > s.longest {
			return nil, argsInvalid{}
		}
	}
	if !st.WantRows {
		result, err := s.conn.ExecContext(ctx, text, args...)
		if err != nil {
			return nil, err
		}
		n, err := result.RowsAffected()
		return map[string]any{"cols": []any{}, "rows": []any{}, "affected_row_count": n, "last_insert_rowid": nil}, err
	}
	rows, err := s.conn.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	all := []any{}
	for rows.Next() {
		into, row := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i := range row {
			row[i] = encode(row[i])
		}
		all = append(all, row)
	}
	return map[string]any{"cols": columns, "rows": all, "affected_row_count": 0, "last_insert_rowid": nil}, rows.Err()
}

func (v value) decode() (any, error) {
	switch v.Type {
	case "null":
		return nil, nil
	case "integer":
		text, ok := v.Value.(string)
		if !ok {
			return nil, errors.New("an integer must travel as a string")
		}
		return strconv.ParseInt(text, 10, 64)
	case "float":
		f, ok := v.Value.(float64)
		if !ok {
			return nil, errors.New("a float must travel as a number")
		}
		return f, nil
	case "text":
		text, ok := v.Value.(string)
		if !ok {
			return nil, errors.New("a text must travel as a string")
		}
		return text, nil
	case "blob":
		return base64.StdEncoding.DecodeString(v.Base64)
	}
	return nil, fmt.Errorf("unknown type of value %q", v.Type)
}

type argsInvalid struct{}

func (argsInvalid) Error() string { return "string or blob too big" }

func encode(v any) value {
	switch x := v.(type) {
	case nil:
		return value{Type: "null"}
	case int64:
		return value{Type: "integer", Value: strconv.FormatInt(x, 10)}
	case float64:
		return value{Type: "float", Value: x}
	case []byte:
		return value{Type: "blob", Base64: base64.RawStdEncoding.EncodeToString(x)}
	case bool:
		if x {
			return value{Type: "integer", Value: "1"}
		}
		return value{Type: "integer", Value: "0"}
	}
	return value{Type: "text", Value: fmt.Sprint(v)}
}

// codes are the names that sqld gives to SQLite's primary result codes.
var codes = map[int]string{
	5: "SQLITE_BUSY", 6: "SQLITE_LOCKED", 7: "SQLITE_NOMEM", 8: "SQLITE_READONLY", 9: "SQLITE_INTERRUPT", 10: "SQLITE_IOERR", 11: "SQLITE_CORRUPT",
	13: "SQLITE_FULL", 18: "SQLITE_TOOBIG", 19: "SQLITE_CONSTRAINT", 20: "SQLITE_MISMATCH", 26: "SQLITE_NOTADB",
}

func failure(err error) map[string]string {
	if _, ok := errors.AsType[argsInvalid](err); ok {
		return map[string]string{"message": err.Error(), "code": "ARGS_INVALID"}
	}
	code := "SQLITE_UNKNOWN"
	if at, ok := errors.AsType[*sqlite.Error](err); ok {
		if name, ok := codes[at.Code()&0xff]; ok {
			code = name
		}
	}
	return map[string]string{"message": err.Error(), "code": code}
}
