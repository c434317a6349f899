package failures

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// statusCode finds a status of HTTP in the texts of exporters: "HTTP Status Code 401",
// "status code: 503", "HTTP 429".
var statusCode = regexp.MustCompile(`(?i)\b(?:http(?:/[\d.]+)?(?: status)?(?: code)?|status code|status)[:=]?\s+(\d{3})\b`)

// passedOn is how retry_refused says what a destination has answered, in the place of which
// it lets the exporter see 503.
var passedOn = regexp.MustCompile(`the destination answers ([45]\d\d) [^;]*; it is sent again \(retry_refused\)`)

// texts are parts of errors that are wrapped so that only their text is left.
var texts = []struct{ part, class string }{
	{"connection refused", "connection refused"},
	{"no such host", "the host is not found"},
	{"server misbehaving", "the name server does not answer"},
	{"x509: certificate has expired", "its certificate has expired"},
	{"x509: ", "its certificate is not trusted"},
	{"tls: ", "TLS fails"},
	{"server gave HTTP response to HTTPS client", "it speaks HTTP, not HTTPS"},
	{"deadline exceeded", "no answer in time"},
	{"Client.Timeout", "no answer in time"},
	{"i/o timeout", "no answer in time"},
	{"connection reset", "the connection is cut"},
	{"broken pipe", "the connection is cut"},
	{"EOF", "the connection is cut"},
	{"no route to host", "the network does not lead there"},
	{"network is unreachable", "the network does not lead there"},
	{"database is locked", "another process writes to the database"},
	{"database or disk is full", "the disk is full"},
	{"no space left on device", "the disk is full"},
	{"read-only", "it can only be read"},
	{"permission denied", "permission is denied"},
	{"sending queue is full", "the queue is full"},
	{"queue is full", "the queue is full"},
}

// systemErrors are errors that say by themselves what they are.
var systemErrors = []struct {
	err   error
	class string
}{
	{syscall.ECONNREFUSED, "connection refused"},
	{syscall.ENOSPC, "the disk is full"},
	{syscall.ECONNRESET, "the connection is cut"},
	{syscall.EHOSTUNREACH, "the network does not lead there"},
	{os.ErrPermission, "permission is denied"},
	{context.DeadlineExceeded, "no answer in time"},
}

// Classify is what an error is, in words that are all from here.
func Classify(err error) string {
	for _, s := range systemErrors {
		if errors.Is(err, s.err) {
			return s.class
		}
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "the host is not found"
	}
	text := err.Error()
	if found := passedOn.FindStringSubmatch(text); found != nil {
		code, _ := strconv.Atoi(found[1])
		return describe(code, http.StatusText(code))
	}
	if found := statusCode.FindStringSubmatch(text); found != nil {
		code, _ := strconv.Atoi(found[1])
		if name := http.StatusText(code); name != "" {
			return describe(code, name)
		}
	}
	for _, t := range texts {
		if strings.Contains(text, t.part) {
			return t.class
		}
	}
	if s, ok := status.FromError(err); ok && s.Code() != codes.Unknown && s.Code() != codes.OK {
		return "gRPC " + s.Code().String()
	}
	if name := grpcCode.FindStringSubmatch(text); name != nil {
		return "gRPC " + name[1]
	}
	return "another error; the log has it"
}

// grpcCode is how grpc's errors begin: "rpc error: code = Unavailable desc = …".
var grpcCode = regexp.MustCompile(`rpc error: code = ([A-Z][A-Za-z]+)`)

// describe adds what a status means for who operates this.
func describe(code int, name string) string {
	class := "HTTP " + strconv.Itoa(code) + " " + name
	switch code {
	case http.StatusUnauthorized, http.StatusForbidden:
		return class + ": the credentials are refused"
	case http.StatusNotFound:
		return class + ": the address is wrong"
	case http.StatusTooManyRequests:
		return class + ": it takes no more for now"
	}
	return class
}
