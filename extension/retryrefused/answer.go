package retryrefused

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"go.uber.org/zap"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-llm/otelcol-llm/internal/refusal"
)

// meaning is what an answer says of a request.
type meaning uint8

const (
	notOurs  meaning = iota // the exporter knows what to do
	taken                   // it is delivered
	away                    // the destination is as good as away
	doubtful                // the request or the destination is wrong
)

// reading is an answer, read.
type reading struct {
	means  meaning
	words  string // what was answered
	remedy string // what to look at
}

const (
	jsonType     = "application/json"
	protobufType = "application/x-protobuf"

	// maxAnswer is how many bytes of an answer are read, as many as the exporter does.
	maxAnswer = 64 << 10
)

// read finds out what an answer means. Where the exporter is to see the answer its
// body can be read again, and otherwise it is closed, so that the connection can be
// used again.
func (r *roundTripper) read(request *http.Request, response *http.Response) (reading, error) {
	a := r.means(request, response)
	switch a.means {
	case notOurs:
		return a, nil
	case taken:
		return r.readTaken(response)
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer))
	return a, response.Body.Close()
}

// means goes by the status alone, and for 400 by the words.
func (r *roundTripper) means(request *http.Request, response *http.Response) reading {
	code := response.StatusCode
	words := fmt.Sprintf("the destination answers %d %s", code, http.StatusText(code))
	switch {
	case refusal.IsRedirect(code):
		to, followed := redirection(request, response)
		if followed {
			return reading{means: notOurs}
		}
		return reading{away, words + to, "check the endpoint, which must be the final address"}
	case code/100 == 2:
		return reading{means: taken}
	case slices.Contains(r.config.StatusCodes, code):
		return reading{away, words, remedyOf(code)}
	case slices.Contains(r.config.TracesStatusCodes, code):
		if optional(request) {
			return reading{means: notOurs}
		}
		return reading{away, words, remedyOf(http.StatusNotFound)}
	case refusal.IsDoubtful(code):
		return reading{doubtful, words, "check its log"}
	case code == http.StatusBadRequest && wantsTLS(response):
		return reading{away, words, "check the endpoint, which must begin with https://"}
	}
	return reading{means: notOurs}
}

// optional reports whether a request is for a signal that a backend may lack for good, by
// the path that the configuration has, wherever redirects have led since.
// traces_endpoint may have any path.
func optional(request *http.Request) bool {
	for request.Response != nil && request.Response.Request != nil {
		request = request.Response.Request
	}
	switch path.Base(request.URL.Path) {
	case "logs", "metrics", "profiles":
		return true
	}
	return false
}

// remedyOf says what to look at.
func remedyOf(code int) string {
	switch code {
	case http.StatusUnauthorized, http.StatusForbidden:
		return credentials
	case http.StatusPaymentRequired, 509:
		return "check the plan of the account"
	case http.StatusProxyAuthRequired, http.StatusNetworkAuthenticationRequired:
		return "check the proxy in between"
	case http.StatusNotFound:
		return "check the endpoint"
	}
	return "check the destination"
}

// redirection says where to an answer leads, and whether the client may follow: to
// the same host, no less safe, with the request as it is
// (https://www.rfc-editor.org/rfc/rfc9110#name-307-temporary-redirect). Otherwise
// the client would ask for a page with GET, or hand headers of the configuration to
// another host.
func redirection(request *http.Request, response *http.Response) (words string, followed bool) {
	location, err := request.URL.Parse(response.Header.Get("Location"))
	if err != nil || response.Header.Get("Location") == "" {
		return "", false
	}
	same := location.Hostname() == request.URL.Hostname() && (location.Scheme == "https" || location.Scheme == request.URL.Scheme)
	keeps := response.StatusCode == http.StatusTemporaryRedirect || response.StatusCode == http.StatusPermanentRedirect
	return " to " + (&url.URL{Scheme: location.Scheme, Host: location.Host}).String(), same && keeps && location.User == nil
}

// wantsTLS reports whether a server says that it speaks HTTPS: those of Go and nginx
// answer a request over HTTP so.
func wantsTLS(response *http.Response) bool {
	body := peek(response)
	return bytes.Contains(body, []byte("HTTP request to an HTTPS server")) || bytes.Contains(body, []byte("HTTP request was sent to HTTPS port"))
}

// peek reads the beginning of a body, which can be read again from its start.
func peek(response *http.Response) []byte {
	begin, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	var rest io.Reader = response.Body
	if err != nil {
		rest = failing{err}
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(begin), rest), response.Body}
	return begin
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// readTaken looks at the body of an acceptance. A page is none. A body that cannot be
// read takes nothing back, but exporters would send the request again, and again.
func (r *roundTripper) readTaken(response *http.Response) (reading, error) {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if closing := response.Body.Close(); closing != nil && err == nil {
		err = closing
	}
	contentType, _, malformed := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if malformed != nil {
		contentType = ""
	}
	if refusal.IsPage(contentType, body) {
		return reading{
			away, fmt.Sprintf("the destination answers %d with a page of HTML, which is not an acceptance", response.StatusCode),
			"check the endpoint and the proxies in between",
		}, nil
	}
	contentType, readable := form(contentType, body)
	if err != nil || !readable {
		body = nil
		r.warned.once(r.logger, "The destination has accepted a request with an answer that cannot be read; what it rejects of it is not known")
	}
	// Exporters know these two types only where nothing is added, such as a charset.
	response.Header.Set("Content-Type", contentType)
	response.Header.Del("Content-Encoding")
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return reading{means: taken}, nil
}

// form returns the type that a body has, JSON or protobuf, where it says to be one of
// them, and whether it can be read.
func form(contentType string, body []byte) (actual string, readable bool) {
	if contentType != jsonType && contentType != protobufType {
		return contentType, true // of no use to exporters
	}
	if len(body) == 0 {
		return contentType, true
	}
	// A response of the other signals is of the same form: a number and a text.
	if contentType == protobufType && ptraceotlp.NewExportResponse().UnmarshalProto(body) == nil {
		return contentType, true
	}
	return jsonType, ptraceotlp.NewExportResponse().UnmarshalJSON(body) == nil && json.Valid(body)
}

// answer is what the exporter sees. Its body is of the form that OTLP has for
// errors: https://opentelemetry.io/docs/specs/otlp/#failures-1
func answer(refused *http.Response, code int, message string) *http.Response {
	body, err := proto.Marshal(status.New(codes.Unavailable, message).Proto())
	if err != nil {
		body = nil // the exporter says the status, and the log of the destination the rest
	}
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", code, http.StatusText(code)),
		StatusCode:    code,
		Proto:         refused.Proto,
		ProtoMajor:    refused.ProtoMajor,
		ProtoMinor:    refused.ProtoMinor,
		Header:        http.Header{"Content-Type": {protobufType}},
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
		Request:       refused.Request,
	}
}

// warnings logs the same at most once a minute.
type warnings struct{ last atomic.Int64 }

func (w *warnings) once(logger *zap.Logger, message string, fields ...zap.Field) {
	now, last := time.Now().Unix(), w.last.Load()
	if now-last >= 60 && w.last.CompareAndSwap(last, now) {
		logger.Warn(message, fields...)
	}
}

// credentials are the remedy that an operator has to find at once: nothing gets better
// by itself.
const credentials = "check the credentials"

// refused warns of credentials that are refused, with what to do first. The exporter's
// own line is at level info, and says it last.
func (w *warnings) refused(logger *zap.Logger, destination, words, remedy string) {
	if remedy == credentials {
		w.once(logger, "Check the credentials: "+words+"; what it is sent waits in the queue (retry_refused)", zap.String("destination", destination))
	}
}
