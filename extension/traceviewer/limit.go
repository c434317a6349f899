package traceviewer

import "net/http"

// maxInFlight is how many requests are answered at a time, beside those that stream.
const maxInFlight = 64

// limit bounds requests that are being answered.
type limit chan struct{}

func newLimit(n int) limit { return make(limit, n) }

// bound refuses requests beyond the limit, which the page asks again.
func (l limit) bound(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case l <- struct{}{}:
			defer func() { <-l }()
			next.ServeHTTP(w, r)
		default:
			w.Header().Set("Retry-After", "1")
			refuse(w, http.StatusServiceUnavailable, "too many requests are being answered; try again")
		}
	})
}
