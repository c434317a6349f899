package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-llm/otelcol-llm/internal/terminal"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// Variables that say where the store is, as the shipped configurations have them.
const (
	storeVariable = "OTELCOL_TRACES_DB"
	tokenVariable = "OTELCOL_TRACES_DB_TOKEN"
	defaultStore  = "file:data/traces.db"
	viewerAddress = "http://127.0.0.1:4319"
)

// serverTimeout bounds one request to a libSQL server or a collector.
const serverTimeout = time.Minute

// reading are the flags of commands that read traces.
type reading struct {
	db, url string
	json    bool
}

func (r *reading) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&r.db, "db", "", "the trace store: a path, file:PATH or the URL of a libSQL server, whose token is "+tokenVariable+
		"\n(default: what "+storeVariable+" names, else data/traces.db below the current folder)")
	flags.StringVar(&r.url, "url", "", "ask a running collector instead, by the address of its trace_viewer, such as "+viewerAddress+
		"\n(where that has auth, "+authorizationVariable+" is sent: Bearer TOKEN, or Basic …)")
	flags.BoolVar(&r.json, "json", false, "write JSON, as the API of trace_viewer has it")
}

// open opens what the flags name.
func (r *reading) open(ctx context.Context) (query.Source, error) {
	if r.url != "" {
		if r.db != "" {
			return nil, errors.New("--db and --url name two places; give one")
		}
		return openRemote(r.url)
	}
	at := r.db
	if at == "" {
		at = os.Getenv(storeVariable)
	}
	if at == "" {
		at = defaultStore
	}
	store, err := query.OpenURL(ctx, withScheme(at), os.Getenv(tokenVariable), &http.Client{Timeout: serverTimeout})
	switch {
	case errors.Is(err, query.ErrNoStore):
		return nil, fmt.Errorf("%w; run this where the collector runs, name its store with --db or %s, or ask a running collector with --url %s", err, storeVariable, viewerAddress)
	case err != nil:
		// The URL is a key of the configuration there, and a flag or a variable here.
		return nil, errors.New(strings.TrimPrefix(err.Error(), "url: "))
	}
	return store, nil
}

// withScheme makes a URL of a path.
func withScheme(at string) string {
	scheme, _, ok := strings.Cut(at, ":")
	if ok && len(scheme) > 1 && !strings.ContainsAny(scheme, `/\.`) {
		return at
	}
	return "file:" + strings.ReplaceAll(at, "%", "%25")
}

// answer opens the source, asks it, and writes the answer as JSON or as people read it.
func answer[T any](cmd *cobra.Command, r *reading, ask func(context.Context, query.Source) (T, error), show func(*terminal.Screen, T)) error {
	cmd.SilenceUsage = true
	source, err := r.open(cmd.Context())
	if err != nil {
		return err
	}
	defer source.Close()
	got, err := ask(cmd.Context(), source)
	if err != nil {
		return r.explain(err)
	}
	out := cmd.OutOrStdout()
	if r.json {
		return writeJSON(out, got)
	}
	return terminal.Page(out, func(s *terminal.Screen) error {
		show(s, got)
		return nil
	})
}

func (r *reading) explain(err error) error {
	if errors.Is(err, query.ErrAmbiguous) {
		return fmt.Errorf("%w; give more of it", err)
	}
	return err
}

func writeJSON(out io.Writer, v any) error {
	encoder := jsonEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// jsonEncoder writes JSON for people and programs: a terminal obeys none of it.
func jsonEncoder(out io.Writer) *json.Encoder {
	encoder := json.NewEncoder(harmlessJSON{out})
	encoder.SetEscapeHTML(false)
	return encoder
}

// harmlessJSON escapes what a terminal would obey. Each write is a whole text of JSON.
type harmlessJSON struct{ out io.Writer }

func (w harmlessJSON) Write(text []byte) (int, error) {
	if _, err := w.out.Write(terminal.JSON(text)); err != nil {
		return 0, err
	}
	return len(text), nil
}
