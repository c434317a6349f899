package otlpreceiver

import (
	"bytes"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// form is the form of a request's body, and of its answer.
type form int

const (
	formNone form = iota // not one of OTLP's
	formProtobuf
	formJSON
)

const (
	protobufType = "application/x-protobuf"
	jsonType     = "application/json"
)

func formOf(header http.Header) form {
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	switch {
	case err != nil:
		return formNone
	case media == protobufType:
		return formProtobuf
	case media == jsonType:
		return formJSON
	default:
		return formNone
	}
}

// writeError answers as OTLP says: a status in the form of the request.
// https://opentelemetry.io/docs/specs/otlp/#failures-1
func writeError(w http.ResponseWriter, as form, code int, message string) {
	s := &status.Status{Code: int32(codes.InvalidArgument), Message: strings.ToValidUTF8(message, "\ufffd")}
	if code == http.StatusServiceUnavailable {
		s.Code = int32(codes.Unavailable)
		w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	}
	writeStatus(w, as, code, s)
}

func writeStatus(w http.ResponseWriter, as form, code int, s *status.Status) {
	contentType := protobufType
	body, err := proto.Marshal(s)
	if as != formProtobuf {
		contentType = jsonType
		body, err = protojson.Marshal(s)
	}
	if err != nil {
		body = nil // the code says enough
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(code)
	_, _ = w.Write(body) // a client that is gone is told nothing
}

// answer is what upstream answers. For a request in JSON, which upstream was given in
// protobuf, it is kept, to be written in JSON.
type answer struct {
	http.ResponseWriter
	keep   bool
	status int
	body   bytes.Buffer
}

// WriteHeader notes the status.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	if !a.keep {
		a.ResponseWriter.WriteHeader(status)
	}
}

// Write keeps or writes the body.
func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if a.keep {
		return a.body.Write(p)
	}
	return a.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// noPartialSuccess is upstream's answer to a request in JSON that was accepted whole.
const noPartialSuccess = `{"partialSuccess":{}}`

// asJSON writes what was kept in JSON.
func (a *answer) asJSON(response proto.Message) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if a.Header().Get("Content-Type") != protobufType {
		a.ResponseWriter.WriteHeader(a.status)
		_, _ = a.ResponseWriter.Write(a.body.Bytes())
		return
	}
	if a.status == http.StatusOK && a.body.Len() == 0 {
		a.write([]byte(noPartialSuccess))
		return
	}
	if a.status != http.StatusOK {
		response = &status.Status{}
	}
	body, err := []byte(nil), proto.Unmarshal(a.body.Bytes(), response)
	if err == nil {
		body, err = protojson.Marshal(response)
	}
	if err != nil {
		body = []byte("{}")
	}
	a.write(body)
}

func (a *answer) write(body []byte) {
	a.Header().Set("Content-Type", jsonType)
	a.Header().Del("Content-Length")
	a.ResponseWriter.WriteHeader(a.status)
	_, _ = a.ResponseWriter.Write(body)
}

// reasonOf is why upstream or the pipeline answered so, "" for a success.
func reasonOf(status int) reason {
	switch status {
	case 0, http.StatusOK:
		return ""
	case http.StatusBadRequest:
		return malformed
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
		return unavailable
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusUnsupportedMediaType:
		return notOTLP
	default:
		return rejected
	}
}
