package traceviewer

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"
)

// Bounds of requests that are under way, beside those that stream.
const (
	maxInFlight  = 64               // that are being answered
	maxBodies    = 16               // whose body is being read
	bodyPatience = 10 * time.Second // until a body has to be there
)

// limit bounds requests. One whose body has not come yet is none that is being answered:
// whoever does not send on holds up nobody but those that send a body too.
type limit struct {
	answers, bodies chan struct{}
	patience        time.Duration
}

func newLimit(answers int) *limit {
	return &limit{answers: make(chan struct{}, answers), bodies: make(chan struct{}, maxBodies), patience: bodyPatience}
}

// bound refuses requests beyond the limit, which the page asks again.
func (l *limit) bound(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && !l.readBody(w, r) {
			return
		}
		select {
		case l.answers <- struct{}{}:
			defer func() { <-l.answers }()
			next.ServeHTTP(w, r)
		default:
			tooMany(w)
		}
	})
}

func tooMany(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	refuse(w, http.StatusServiceUnavailable, "too many requests are being answered; try again")
}

// readBody reads a body, which max_request_body_size bounds, before its request is
// answered. It reports false where it has refused the request.
func (l *limit) readBody(w http.ResponseWriter, r *http.Request) bool {
	select {
	case l.bodies <- struct{}{}:
		defer func() { <-l.bodies }()
	default:
		w.Header().Set("Connection", "close") // otherwise the answer waits for the body
		tooMany(w)
		return false
	}
	controller := http.NewResponseController(w)
	_ = controller.SetReadDeadline(time.Now().Add(l.patience))
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.Header().Set("Connection", "close")
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			refuse(w, http.StatusRequestEntityTooLarge, "the request is longer than trace_viewer::max_request_body_size")
			return false
		}
		refuse(w, http.StatusRequestTimeout, "the body of the request did not come in time, or not whole")
		return false
	}
	_ = controller.SetReadDeadline(time.Time{})
	r.Body = io.NopCloser(bytes.NewReader(body))
	return true
}
