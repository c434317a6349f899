package tracestore

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
)

// serverError says in a sentence what keeps a store from its server, and what to do.
// docs/storage.md has a row for each.
type serverError struct {
	text string
	err  error
}

func (e *serverError) Error() string { return e.text }

func (e *serverError) Unwrap() error { return e.err }

// What a server is kept from by, in the words of docs/storage.md. The %v is what the
// server, or the network, has said.
const (
	tokenRefused   = "auth_token: the server refuses it: %v; give it one that is valid and may write"
	proxyRefused   = "proxy_url: the proxy wants other credentials: %v; put them into proxy_url"
	notFound       = "url: what answers there is not a libSQL server, or has no such database: %v; see the address"
	notAServer     = "url: %v; see the address"
	plainServer    = "url: HTTP without TLS is spoken there: %v; begin it with http://, or put ?tls=0 behind libsql://HOST:PORT"
	untrusted      = "tls: the server's certificate is not accepted: %v; set tls::ca_file to who has signed it, and see that url has the name in it"
	tlsTrouble     = "tls: no TLS connection can be made: %v; see the section tls, and whether the server wants http://"
	unknownHost    = "url: the name of its host is not known: %v; see the address and the DNS"
	nobodyListens  = "url: nobody listens there: %v; start the server, or see the address"
	silentServer   = "url: no answer in time: %v; see whether the server is overloaded, and the network"
	lostConnection = "url: %v; see the server and the network"
)

// explainServer turns what a server or the network says into a sentence that names
// the remedy, where there is one.
func explainServer(err error) error {
	if err == nil {
		return nil
	}
	if _, done := errors.AsType[*serverError](err); done {
		return err
	}
	if sentence := sentenceOf(err); sentence != "" {
		return &serverError{fmt.Sprintf(sentence, err), err}
	}
	return err
}

func sentenceOf(err error) string {
	if failureOf(err) == notAuthorized {
		return tokenRefused
	}
	if _, ok := errors.AsType[*hrana.NotServerError](err); ok {
		return notAServer
	}
	if status, ok := errors.AsType[*hrana.StatusError](err); ok {
		switch status.Status {
		case http.StatusNotFound:
			return notFound
		case http.StatusProxyAuthRequired:
			return proxyRefused
		}
		return ""
	}
	for _, s := range networkSentences {
		if s.is(err) {
			return s.sentence
		}
	}
	return ""
}

var networkSentences = []struct {
	is       func(error) bool
	sentence string
}{
	{func(err error) bool {
		return strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
	}, plainServer},
	{isA[tls.RecordHeaderError], plainServer},
	{isA[*tls.CertificateVerificationError], untrusted},
	{isA[x509.UnknownAuthorityError], untrusted},
	{isA[x509.HostnameError], untrusted},
	{isA[tls.AlertError], tlsTrouble},
	{func(err error) bool { return strings.Contains(err.Error(), "tls: ") }, tlsTrouble},
	{func(err error) bool { return strings.Contains(err.Error(), "Proxy Authentication Required") }, proxyRefused},
	{isA[*net.DNSError], unknownHost},
	{func(err error) bool { return strings.Contains(err.Error(), "connection refused") }, nobodyListens},
	{func(err error) bool {
		timeout, ok := errors.AsType[net.Error](err)
		return ok && timeout.Timeout()
	}, silentServer},
	{isA[*net.OpError], lostConnection},
}

func isA[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}
