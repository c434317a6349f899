package hrana

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Client speaks to one server. It may be used by several goroutines.
type Client struct {
	http   *http.Client
	base   string // URL without a trailing slash
	header http.Header
	token  string
	old    atomic.Bool // the server knows version 2 only
}

// Options say how to reach a server.
type Options struct {
	// URL is http:// or https://, without the version and the word pipeline.
	URL *url.URL
	// HTTP is the client to use. It brings TLS, proxy and time limits.
	HTTP *http.Client
	// AuthToken is sent as a bearer token where it is not empty.
	AuthToken string
	// UserAgent is sent where it is not empty.
	UserAgent string
}

// New returns a client. It does not connect.
func New(o Options) *Client {
	header := http.Header{"Content-Type": {"application/json"}}
	if o.AuthToken != "" {
		header.Set("Authorization", "Bearer "+o.AuthToken)
	}
	if o.UserAgent != "" {
		header.Set("User-Agent", o.UserAgent)
	}
	// A redirect would carry the token, and what is written, to wherever it leads. A libSQL
	// server answers none.
	client := *o.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{http: &client, token: o.AuthToken, base: strings.TrimRight(o.URL.String(), "/"), header: header}
}

// URL is where the server is. It may hold credentials.
func (c *Client) URL() string { return c.base }

// maxAnswer bounds what is read of an answer. A server's own limit is 32 MB
// over all results (libsql reference 2.3).
const maxAnswer = 64 << 20

// StatusError is an answer that is no pipeline result.
type StatusError struct {
	Status     int    // HTTP status
	Code       string // STREAM_EXPIRED, BLOCKED, …, or ""
	Message    string // in the words of the server, cut, without what it was sent
	RetryAfter time.Duration
}

func (e *StatusError) Error() string {
	text := "server: HTTP " + strconv.Itoa(e.Status)
	if e.Code != "" {
		text += ": " + e.Code
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Do sends a pipeline and returns the answers to its requests. A *StatusError
// says that the server has not run it; any other error that the answer did not
// come, and that it may have run.
func (c *Client) Do(ctx context.Context, r *Request) (*Answer, error) {
	body := r.body()
	version := "/v3/pipeline"
	if c.old.Load() {
		version = "/v2/pipeline"
	}
	answer, err := c.post(ctx, version, body, r.results)
	if status, ok := errors.AsType[*StatusError](err); ok && status.Status == http.StatusNotFound && version == "/v3/pipeline" {
		// Version 2 has all that is used here.
		if answer, again := c.post(ctx, "/v2/pipeline", body, r.results); again == nil {
			c.old.Store(true)
			return answer, nil
		}
	}
	return answer, err
}

func (c *Client) post(ctx context.Context, path string, body []byte, results int) (*Answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, http.NoBody)
	if err != nil {
		return nil, withoutURL(err)
	}
	lent := &lentBody{bytes: body}
	defer lent.takeBack()
	request.Body, _ = lent.reader()
	request.GetBody, request.ContentLength = lent.reader, int64(len(body))
	maps.Copy(request.Header, c.header)
	response, err := c.http.Do(request)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("answer of the server: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, statusError(response, raw, words{body, c.token})
	}
	if len(raw) > maxAnswer {
		return nil, fmt.Errorf("answer of the server is longer than %d bytes", maxAnswer)
	}
	var answer struct {
		Results []streamResult `json:"results"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		if bytes.HasPrefix(raw, []byte(`{"`)) && !json.Valid(raw) {
			return nil, errors.New("the answer of the server was cut short")
		}
		return nil, &NotServerError{response.StatusCode, kindOfBody(response, raw, json.Valid(raw))}
	}
	if answer.Results == nil {
		return nil, &NotServerError{response.StatusCode, kindOfBody(response, raw, true)}
	}
	if len(answer.Results) < results {
		return nil, fmt.Errorf("server answered %d of %d requests", len(answer.Results), results)
	}
	said := &Answer{results: answer.Results}
	if bytes.Contains(raw, []byte(`"message"`)) { // perhaps an error; the request may be used again before it is read
		said.words = words{bytes.Clone(body), c.token}
	}
	return said, nil
}

// maxMessage bounds what an error repeats of the server's words.
const maxMessage = 300

func statusError(response *http.Response, body []byte, w words) error {
	e := &StatusError{Status: response.StatusCode, RetryAfter: retryAfter(response.Header.Get("Retry-After"))}
	// Servers answer {"message","code"}, {"error": text} or {"error": {…}}.
	var said struct {
		Message string          `json:"message"`
		Code    string          `json:"code"`
		Error   json.RawMessage `json:"error"`
	}
	if json.Unmarshal(body, &said) == nil {
		e.Code, e.Message = said.Code, said.Message
		var text string
		var inner Error
		switch {
		case e.Message != "":
		case json.Unmarshal(said.Error, &text) == nil:
			e.Message = text
		case json.Unmarshal(said.Error, &inner) == nil:
			e.Code, e.Message = inner.Code, inner.Message
		}
	} else if e.Message = strings.TrimSpace(string(body)); isHTML(response, body) && e.Message != "" {
		e.Message = "a page of HTML"
	}
	e.Message, e.Code = w.of(e.Message), w.of(e.Code)
	return e
}

// retryAfter reads seconds or a date.
func retryAfter(text string) time.Duration {
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(max(seconds, 0)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}

// ErrUnreachable is in the chain of an error of the network: there is no answer.
var ErrUnreachable = errors.New("cannot reach the server")

// withoutURL drops the URL from an error of net/http: it may hold credentials.
func withoutURL(err error) error {
	if at, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("%w: %w", ErrUnreachable, at.Err)
	}
	return err
}
