// Package remote is a Source that asks the API of a running collector.
package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query/params"
)

// Options are those of a client; zero ones are the defaults.
type Options struct {
	// Authorization is the value of that header: "Bearer …", "Basic …". "" is none.
	Authorization string
	// HTTP makes requests. The default waits a minute for an answer.
	HTTP *http.Client
}

// maxAnswer bounds what is read of one answer, in bytes.
const maxAnswer = 512 << 20

// Client asks a collector.
type Client struct {
	base    *url.URL
	options Options
}

var _ query.Source = (*Client)(nil)

// New returns a client of the page at an address: http://127.0.0.1:4319. It does not
// connect.
func New(address string, options Options) (*Client, error) {
	base, err := url.Parse(address)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, errors.New("the address of a collector's page is one such as http://127.0.0.1:4319")
	}
	if base.User != nil {
		if options.Authorization != "" {
			return nil, errors.New("there is a user in the address, and an authorization besides; leave one out")
		}
		password, _ := base.User.Password()
		r := http.Request{Header: http.Header{}}
		r.SetBasicAuth(base.User.Username(), password)
		options.Authorization = r.Header.Get("Authorization")
		base.User = nil
	}
	base.RawQuery, base.Fragment = "", ""
	if options.HTTP == nil {
		options.HTTP = &http.Client{Timeout: time.Minute}
	}
	// A redirect would carry the authorization to another port or over plain HTTP, which
	// net/http takes for the same host. A collector answers none.
	client := *options.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	options.HTTP = &client
	return &Client{base, options}, nil
}

// Error is an answer that is none.
type Error struct {
	Status   int    // of HTTP
	Sentence string // that the collector gives
}

// Error is the sentence.
func (e *Error) Error() string { return e.Sentence }

// Unwrap says what a status means.
func (e *Error) Unwrap() error {
	switch {
	case e.Status == http.StatusNotFound:
		return query.ErrNotFound
	case e.Status == http.StatusBadRequest && strings.HasPrefix(e.Sentence, query.ErrAmbiguous.Error()):
		return query.ErrAmbiguous
	case e.Status == http.StatusBadRequest:
		return query.ErrInvalid
	}
	return nil
}

// get reads an answer.
func (c *Client) get(ctx context.Context, parameters url.Values, path ...string) ([]byte, error) {
	at := *c.base
	for i := range path {
		path[i] = url.PathEscape(path[i])
	}
	at.RawPath = strings.TrimRight(c.base.EscapedPath(), "/") + "/api/v1/" + strings.Join(path, "/")
	var err error
	if at.Path, err = url.PathUnescape(at.RawPath); err != nil {
		return nil, err
	}
	at.RawQuery = parameters.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	if c.options.Authorization != "" {
		request.Header.Set("Authorization", c.options.Authorization)
	}
	response, err := c.options.HTTP.Do(request)
	if err != nil {
		return nil, c.unreached(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, c.unreached(err)
	case len(body) > maxAnswer:
		return nil, fmt.Errorf("the answer of %s is longer than %d MiB", c.base.Host, maxAnswer>>20)
	case response.StatusCode != http.StatusOK:
		return nil, c.refused(response.StatusCode, body)
	}
	return body, nil
}

// unreached explains why there is no answer.
func (c *Client) unreached(err error) error {
	var operation *net.OpError
	if errors.As(err, &operation) && operation.Op == "dial" {
		return fmt.Errorf("nothing answers at %s: is a collector with trace_viewer running there? %w", c.base.Host, operation.Err)
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // without the address, which has the parameters
	}
	return fmt.Errorf("asking %s: %w", c.base.Host, err)
}

func (c *Client) refused(status int, body []byte) error {
	var answer struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Error == "" {
		answer.Error = fmt.Sprintf("%s answers with status %d and no sentence: is it a collector with trace_viewer?", c.base.Host, status)
		if status == http.StatusUnauthorized {
			answer.Error = c.base.Host + " asks for credentials"
		}
		if status == http.StatusNotFound { // not of a trace
			status = 0
		}
	}
	return &Error{status, answer.Error}
}

// ask reads an answer of type T.
func ask[T any](ctx context.Context, c *Client, parameters url.Values, path ...string) (T, error) {
	var answer T
	body, err := c.get(ctx, parameters, path...)
	if err != nil {
		return answer, err
	}
	if err := json.Unmarshal(body, &answer); err != nil && c.base.Path != "" && bytes.HasPrefix(body, []byte("<")) {
		return answer, fmt.Errorf("%s answers with a page at %s: leave the path out of the address", c.base.Host, c.base.Path)
	} else if err != nil {
		return answer, fmt.Errorf("the answer of %s is not what this version understands: %w", c.base.Host, err)
	}
	return answer, nil
}

// with adds a parameter that is not empty.
func with(values url.Values, name, value string) url.Values {
	if value != "" && value != "0" {
		values.Set(name, value)
	}
	return values
}

// Traces lists traces.
func (c *Client) Traces(ctx context.Context, f query.TraceFilter) (query.Page[query.TraceSummary], error) {
	return ask[query.Page[query.TraceSummary]](ctx, c, params.Encode(f), "traces")
}

// Stats adds up traces.
func (c *Client) Stats(ctx context.Context, f query.TraceFilter, zone string) (query.TraceStats, error) {
	return ask[query.TraceStats](ctx, c, with(params.Encode(f), "zone", zone), "traces", "stats")
}

// Values lists values of a field.
func (c *Client) Values(ctx context.Context, field, prefix string, f query.TraceFilter) ([]query.Value, error) {
	return ask[[]query.Value](ctx, c, with(params.Encode(f), "prefix", prefix), "values", field)
}

// Trace reads a trace.
func (c *Client) Trace(ctx context.Context, id string) (*query.Trace, error) {
	return ask[*query.Trace](ctx, c, nil, "traces", id)
}

// Span reads a span.
func (c *Client) Span(ctx context.Context, traceID, spanID string, limit int) (*query.Span, error) {
	return ask[*query.Span](ctx, c, with(url.Values{}, "limit", strconv.Itoa(limit)), "spans", traceID, spanID)
}

// OTLP reads a trace as it was received.
func (c *Client) OTLP(ctx context.Context, id string) (ptrace.Traces, error) {
	body, err := c.get(ctx, nil, "traces", id, "otlp")
	if err != nil {
		return ptrace.NewTraces(), err
	}
	return (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(body)
}

// Logs lists log records.
func (c *Client) Logs(ctx context.Context, traceID string) ([]query.Log, error) {
	return ask[[]query.Log](ctx, c, nil, "traces", traceID, "logs")
}

// Sessions lists sessions.
func (c *Client) Sessions(ctx context.Context, f query.SessionFilter) (query.Page[query.SessionSummary], error) {
	return ask[query.Page[query.SessionSummary]](ctx, c, params.Encode(f), "sessions")
}

// Session reads a session.
func (c *Client) Session(ctx context.Context, id, cursor string, limit int) (*query.Session, error) {
	return ask[*query.Session](ctx, c, with(with(url.Values{}, "cursor", cursor), "limit", strconv.Itoa(limit)), "sessions", id)
}

// Spend adds up model calls.
func (c *Client) Spend(ctx context.Context, f query.SpendFilter) (*query.Spend, error) {
	return ask[*query.Spend](ctx, c, params.Encode(f), "spend")
}

// UnpricedModels lists models without a price.
func (c *Client) UnpricedModels(ctx context.Context, f query.SpendFilter) ([]query.Unpriced, error) {
	return ask[[]query.Unpriced](ctx, c, params.Encode(f), "spend", "unpriced")
}

// Agents lists agents.
func (c *Client) Agents(ctx context.Context, f query.RunFilter) ([]query.Runs, error) {
	return ask[[]query.Runs](ctx, c, params.Encode(f), "agents")
}

// Tools lists tools.
func (c *Client) Tools(ctx context.Context, f query.RunFilter) ([]query.Runs, error) {
	return ask[[]query.Runs](ctx, c, params.Encode(f), "tools")
}

// Loops lists repeated calls.
func (c *Client) Loops(ctx context.Context, f query.RunFilter) ([]query.Loop, error) {
	return ask[[]query.Loop](ctx, c, params.Encode(f), "loops")
}

// Search finds spans.
func (c *Client) Search(ctx context.Context, text string, f query.SearchFilter) (query.Page[query.Hit], error) {
	return ask[query.Page[query.Hit]](ctx, c, with(params.Encode(f), "q", text), "search")
}

// Changes lists traces that have changed.
func (c *Client) Changes(ctx context.Context, cursor string, f query.TraceFilter) (query.Changes, error) {
	f.Cursor = cursor
	return ask[query.Changes](ctx, c, params.Encode(f), "changes")
}

// Redactions adds up findings.
func (c *Client) Redactions(ctx context.Context, f query.RunFilter) ([]query.Redactions, error) {
	return ask[[]query.Redactions](ctx, c, params.Encode(f), "redactions")
}

// Store describes the store.
func (c *Client) Store(ctx context.Context) (*query.StoreInfo, error) {
	return ask[*query.StoreInfo](ctx, c, nil, "store")
}

// Close closes connections that are not in use.
func (c *Client) Close() error {
	c.options.HTTP.CloseIdleConnections()
	return nil
}
