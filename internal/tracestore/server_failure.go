package tracestore

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
)

// serverFailures are what the codes of a server mean (libsql reference 2.4).
var serverFailures = map[string]failure{
	"ARGS_INVALID":        rowRejected, // a value over the server's limit
	"SQLITE_TOOBIG":       rowRejected,
	"SQLITE_CONSTRAINT":   rowRejected,
	"SQLITE_MISMATCH":     rowRejected,
	"SQLITE_BUSY":         databaseBusy,
	"SQLITE_LOCKED":       databaseBusy,
	"TRANSACTION_TIMEOUT": databaseBusy, // another writer has taken the lock away
	"TRANSACTION_BUSY":    databaseBusy,
	"STREAM_EXPIRED":      databaseBusy,
	"SQLITE_INTERRUPT":    databaseBusy,
	"SQLITE_FULL":         databaseFull,
	"SQLITE_NOMEM":        databaseIO,
	"SQLITE_IOERR":        databaseIO,
	"PROXY_ERROR":         databaseIO,
	"BLOCKED":             notAuthorized, // by plan or policy
	"SQLITE_UNKNOWN":      schemaMissing, // no such table or column
	"SQLITE_ERROR":        schemaMissing,
	"SQL_PARSE_ERROR":     badRequest,
	"SQLITE_CORRUPT":      databaseBroken,
	"SQLITE_NOTADB":       databaseBroken,
	"SQLITE_READONLY":     notAuthorized,
}

// statusFailures are what HTTP statuses mean.
var statusFailures = map[int]failure{
	http.StatusBadRequest:            rowRejected, // something in the body that the server cannot read
	http.StatusUnauthorized:          notAuthorized,
	http.StatusForbidden:             notAuthorized,
	http.StatusNotFound:              noServer,
	http.StatusProxyAuthRequired:     noServer,
	http.StatusMethodNotAllowed:      noServer,
	http.StatusRequestEntityTooLarge: rowRejected,
	http.StatusRequestTimeout:        databaseBusy,
	http.StatusTooManyRequests:       databaseBusy,
	http.StatusInternalServerError:   databaseIO,
	http.StatusBadGateway:            databaseIO,
	http.StatusServiceUnavailable:    databaseIO,
	http.StatusGatewayTimeout:        databaseIO,
}

// failureOfServer is failureOf for errors of package hrana.
func failureOfServer(err error) (failure, bool) {
	if _, ok := errors.AsType[*hrana.NotServerError](err); ok {
		return noServer, true
	}
	if step, ok := errors.AsType[*hrana.Error](err); ok {
		return failureOfCode(step.Code, step.Message), true
	}
	if status, ok := errors.AsType[*hrana.StatusError](err); ok {
		if status.Code != "" {
			if f := failureOfCode(status.Code, status.Message); f != otherFailure {
				return f, true
			}
		}
		if strings.Contains(status.Message, "baton") {
			return databaseBusy, true
		}
		if f, ok := statusFailures[status.Status]; ok {
			return f, true
		}
		return otherFailure, true
	}
	return noFailure, false
}

func failureOfCode(code, message string) failure {
	if f, ok := serverFailures[code]; ok {
		return f
	}
	// Extended codes: SQLITE_BUSY_SNAPSHOT, SQLITE_IOERR_WRITE, SQLITE_CONSTRAINT_NOTNULL, …
	for prefix, f := range serverFailures {
		if strings.HasPrefix(prefix, "SQLITE_") && strings.HasPrefix(code, prefix+"_") {
			return f
		}
	}
	if strings.Contains(message, "no such table") || strings.Contains(message, "no such column") {
		return schemaMissing
	}
	return otherFailure
}

// RetryAfter is how long a server has asked to be left alone; 0 where it has
// not.
func RetryAfter(err error) time.Duration {
	if status, ok := errors.AsType[*hrana.StatusError](err); ok {
		return status.RetryAfter
	}
	return 0
}

// IsThrottled reports whether a server has answered that it is asked too often.
func IsThrottled(err error) bool {
	status, ok := errors.AsType[*hrana.StatusError](err)
	return ok && status.Status == http.StatusTooManyRequests
}

// IsUnauthorized reports whether a server refuses our token, or this database.
func IsUnauthorized(err error) bool { return failureOf(err) == notAuthorized }

// IsAway reports of an error of a Reader whether asking again may succeed: another
// process holds the file, or the server cannot be reached or is in trouble. A certificate
// that is not accepted does not pass by itself.
func IsAway(err error) bool {
	switch failureOf(err) {
	case databaseBusy:
		return true
	case databaseIO:
		return isA[*hrana.StatusError](err) || isA[*hrana.Error](err)
	}
	if !errors.Is(err, hrana.ErrUnreachable) && !errors.Is(err, io.ErrUnexpectedEOF) && !isA[*net.OpError](err) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	switch sentenceOf(err) {
	case plainServer, untrusted, tlsTrouble, proxyRefused:
		return false
	}
	return true
}
