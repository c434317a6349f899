package langfusetest

import (
	"net/http"
	"strconv"
	"time"
)

// Step is what happens to one request for traces instead of its being stored.
// The zero Step stores it.
type Step struct {
	// Status is answered: by a proxy in front for 200 (a page, as stands where no
	// Langfuse is), 3xx, 502, 504 and 52x, by the server for all others, each in its
	// own form.
	Status     int
	RetryAfter string        // header, where not ""
	Location   string        // of a redirect
	Cut        bool          // the connection ends without an answer
	Delay      time.Duration // of the answer, at most until the client gives up
	// Keep stores the spans all the same, as when the answer gets lost on its way.
	Keep bool
}

// Plan sets what happens to the next requests for traces, one step each. After
// the last step requests are stored again.
func (s *Server) Plan(steps ...Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan = steps
}

// RateLimited is a 429 of the real server.
func RateLimited(seconds int) Step {
	return Step{Status: http.StatusTooManyRequests, RetryAfter: strconv.Itoa(seconds)}
}

func (s *Server) nextStep() Step {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.plan) == 0 {
		return Step{}
	}
	step := s.plan[0]
	s.plan = s.plan[1:]
	return step
}

// proxyTitles are the pages of proxies, which no server sees.
var proxyTitles = map[int]string{
	http.StatusOK:               "Sign in",
	http.StatusMovedPermanently: "301 Moved Permanently", http.StatusFound: "302 Found",
	http.StatusTemporaryRedirect: "307 Temporary Redirect", http.StatusPermanentRedirect: "308 Permanent Redirect",
	http.StatusRequestTimeout: "408 Request Time-out", http.StatusRequestEntityTooLarge: "413 Request Entity Too Large",
	http.StatusTooEarly: "425 Too Early", http.StatusBadGateway: "502 Bad Gateway", http.StatusGatewayTimeout: "504 Gateway Time-out",
	520: "520: Web server is returning an unknown error", 521: "521: Web server is down", 522: "522: Connection timed out",
	523: "523: Origin is unreachable", 524: "524: A timeout occurred", 525: "525: SSL handshake failed",
	527: "527: Railgun Error", 530: "530: Origin DNS error",
}

// proxy answers where a proxy would. It reports whether it did.
func (w *recorder) proxy(step *Step) bool {
	title, ok := proxyTitles[step.Status]
	if !ok {
		return false
	}
	if step.RetryAfter != "" {
		w.Header().Set("Retry-After", step.RetryAfter)
	}
	if step.Location != "" {
		w.Header().Set("Location", step.Location)
	}
	w.html(step.Status, title)
	return true
}

// fail answers as the server itself does.
func (w *recorder) fail(step *Step) {
	if step.RetryAfter != "" {
		w.Header().Set("Retry-After", step.RetryAfter)
	}
	switch step.Status {
	case http.StatusTooManyRequests:
		seconds, _ := strconv.Atoi(step.RetryAfter)
		w.rateLimit(seconds, 1000)
	case http.StatusForbidden:
		w.suspended()
	case http.StatusServiceUnavailable:
		w.json(step.Status, map[string]any{"message": "Service Unavailable"})
	case http.StatusUnprocessableEntity:
		w.json(step.Status, map[string]any{"message": "Request timed out, please narrow the request.", "error": "Request timed out"})
	case http.StatusBadRequest:
		w.json(step.Status, map[string]any{"error": "Failed to parse OTel Protobuf Trace"})
	case http.StatusUnauthorized:
		w.json(step.Status, map[string]any{"message": badKey})
	default:
		w.json(step.Status, map[string]any{"message": http.StatusText(step.Status), "error": "Failed to upload JSON to S3"})
	}
}

func (w *recorder) rateLimit(seconds, limit int) {
	reset := time.Now().Add(time.Duration(seconds) * time.Second).UTC()
	h := w.Header()
	h.Set("Retry-After", strconv.Itoa(seconds))
	h.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	h.Set("X-RateLimit-Remaining", "0")
	h.Set("X-RateLimit-Reset", reset.Format("Mon Jan 02 2006 15:04:05 GMT-0700 (Coordinated Universal Time)"))
	w.json(http.StatusTooManyRequests, map[string]any{
		"message": "Rate limit exceeded", "code": "rate_limited",
		"details": map[string]any{
			"retryAfterSeconds": seconds, "limit": limit, "remaining": 0, "resetAt": reset.Format(isoMillis),
		},
	})
}

func (w *recorder) suspended() {
	w.json(http.StatusForbidden, map[string]any{
		"message": "Ingestion suspended: Usage threshold exceeded. Please upgrade your plan.", "error": "ForbiddenError",
	})
}

const isoMillis = "2006-01-02T15:04:05.000Z"
