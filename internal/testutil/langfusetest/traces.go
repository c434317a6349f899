package langfusetest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

// traces is the route of OTLP traces, its checks in the order of the real one.
func (s *Server) traces(w *recorder, r *http.Request) {
	step := s.nextStep()
	wire, err := io.ReadAll(r.Body)
	if err != nil {
		w.cut()
	}
	select {
	case <-time.After(step.Delay):
	case <-r.Context().Done(): // the client does not wait so long
		w.cut()
	}
	w.in.WireBytes, w.in.Body = len(wire), wire
	if step.Cut && !step.Keep {
		w.cut()
	}
	if limit := s.options.LimitBytes; limit > 0 && int64(len(wire)) > limit {
		w.html(http.StatusRequestEntityTooLarge, proxyTitles[http.StatusRequestEntityTooLarge])
		return
	}
	if w.proxy(&step) {
		return
	}
	if r.Method != http.MethodPost {
		w.json(http.StatusMethodNotAllowed, map[string]any{"message": "Method not allowed", "error": "MethodNotAllowedError"})
		return
	}
	key, ok := s.authenticate(w, r)
	if !ok || !s.mayCome(w) {
		return
	}
	if s.options.Suspended {
		w.suspended()
		return
	}
	if step.Status != 0 && !step.Keep {
		w.fail(&step)
		return
	}
	resourceSpans, ok := s.decode(w, r, wire)
	if !ok {
		return
	}
	if len(resourceSpans) == 0 {
		w.json(http.StatusOK, map[string]any{})
		return
	}
	if !s.valid(w, r, resourceSpans) {
		return
	}
	s.store(w.in, key, resourceSpans)
	switch {
	case step.Cut:
		w.cut()
	case step.Status != 0:
		w.fail(&step)
	default:
		w.json(http.StatusOK, s.job(&key))
	}
}

// job is the queue's job, which the real server answers with.
func (s *Server) job(key *Key) map[string]any {
	const id = "5f6c0d6e-95a4-4b0b-8a4e-3d3e8f5b1c11"
	return map[string]any{
		"name": "otel-ingestion-job", "id": id, "timestamp": time.Now().UnixMilli(),
		"data": map[string]any{
			"id": id, "name": "otel-ingestion-job", "timestamp": time.Now().UTC().Format(isoMillis),
			"payload": map[string]any{
				"data":      map[string]any{"fileKey": "otel/" + key.Project + "/2026/11/24/12/00/" + id + ".json", "publicKey": key.Public},
				"authCheck": map[string]any{"validKey": true, "scope": map[string]any{"projectId": key.Project, "accessLevel": "project"}},
			},
		},
		"opts": map[string]any{"attempts": 6, "backoff": map[string]any{"type": "exponential", "delay": 5000}},
	}
}

// mayCome counts the request against the rate limit.
func (s *Server) mayCome(w *recorder) bool {
	if s.options.RateLimit == 0 {
		return true
	}
	s.mu.Lock()
	now := time.Now()
	if now.Sub(s.window) >= s.options.RateWindow {
		s.window, s.used = now, 0
	}
	s.used++
	used, rest := s.used, s.options.RateWindow-now.Sub(s.window)
	s.mu.Unlock()
	if used <= s.options.RateLimit {
		return true
	}
	w.rateLimit(int((rest+time.Second-1)/time.Second), s.options.RateLimit)
	return false
}

// decode reads the body into the form that OTLP/JSON has, whatever it came as.
func (s *Server) decode(w *recorder, r *http.Request, body []byte) ([]any, bool) {
	if strings.Contains(r.Header.Get("Content-Encoding"), "gzip") && s.atLeast(3, 30) {
		reader, err := gzip.NewReader(bytes.NewReader(body))
		if err == nil {
			body, err = io.ReadAll(reader)
		}
		if err != nil {
			w.json(http.StatusBadRequest, map[string]any{"error": "Failed to decompress request body"})
			return nil, false
		}
		w.in.Body = body
	}
	contentType := strings.ToLower(r.Header.Get("Content-Type"))
	isProto, isJSON := strings.Contains(contentType, "application/x-protobuf"), strings.Contains(contentType, "application/json")
	var list []any
	if isProto {
		request := ptraceotlp.NewExportRequest()
		if err := request.UnmarshalProto(body); err != nil {
			w.json(http.StatusBadRequest, map[string]any{"error": "Failed to parse OTel Protobuf Trace"})
			return nil, false
		}
		list = plain(request.Traces())
	}
	if isJSON { // also where both are named: the second reading wins
		root, err := parse(body)
		if err != nil {
			w.json(http.StatusBadRequest, map[string]any{"error": "Failed to parse OTel JSON Trace"})
			return nil, false
		}
		object, _ := root.(map[string]any)
		list, _ = object["resourceSpans"].([]any)
	}
	if !isProto && !isJSON {
		w.json(http.StatusBadRequest, map[string]any{"error": "Invalid content type"})
		return nil, false
	}
	return list, true
}

func parse(body []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var root any
	if err := decoder.Decode(&root); err != nil {
		return nil, err
	}
	if decoder.More() {
		return nil, fmt.Errorf("something follows the JSON value")
	}
	return root, nil
}

// valid checks ids and lists, and then the header with the ingestion version.
func (s *Server) valid(w *recorder, r *http.Request, resourceSpans []any) bool {
	total, bad, reasons := check(resourceSpans)
	if bad > 0 {
		if !s.atLeast(4, 4) { // accepted, and lost in the worker
			w.json(http.StatusOK, map[string]any{"name": "otel-ingestion-job"})
			s.violate("%d of %d spans have no usable ids or lists (%s): this version loses the whole request", bad, total, strings.Join(reasons, ", "))
			return false
		}
		w.json(http.StatusBadRequest, map[string]any{"error": fmt.Sprintf(
			"Invalid OTLP trace export: %d of %d span(s) cannot be processed (%s). The entire export was rejected and no spans were ingested. "+
				"Check that the exporter sends traces to this endpoint.", bad, total, strings.Join(reasons, ", "))})
		return false
	}
	version := r.Header.Get("x-langfuse-ingestion-version")
	if version == "" {
		version = r.Header.Get("x_langfuse_ingestion_version")
	}
	if version == "" || !s.atLeast(3, 154) {
		return true
	}
	if n, err := strconv.Atoi(version); err != nil || n > 4 {
		w.json(http.StatusBadRequest, map[string]any{
			"error": fmt.Sprintf("Unsupported x-langfuse-ingestion-version: %q. Maximum supported: \"4\".", version),
		})
		return false
	}
	return true
}

// check looks at every id and every list of an export.
func check(resourceSpans []any) (total, bad int, reasons []string) {
	add := func(reason string) {
		if !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	list := func(holder map[string]any, key, reason string) ([]any, bool) {
		value, ok := holder[key]
		if !ok || value == nil {
			return nil, true
		}
		elements, ok := value.([]any)
		if !ok {
			add(reason + ":not_an_array")
		}
		return elements, ok
	}
	for _, rs := range resourceSpans {
		resourceSpan, _ := rs.(map[string]any)
		resource, _ := resourceSpan["resource"].(map[string]any)
		_, ok := list(resource, "attributes", "resource.attributes")
		scopeSpans, okScopes := list(resourceSpan, "scopeSpans", "scopeSpans")
		if !ok || !okScopes {
			bad++
		}
		for _, ss := range scopeSpans {
			scopeSpan, _ := ss.(map[string]any)
			scope, _ := scopeSpan["scope"].(map[string]any)
			_, ok := list(scope, "attributes", "scope.attributes")
			spans, okSpans := list(scopeSpan, "spans", "spans")
			if !ok || !okSpans {
				bad++
			}
			for _, raw := range spans {
				total++
				if !checkSpan(raw, list, add) {
					bad++
				}
			}
		}
	}
	return total, bad, reasons
}

func checkSpan(raw any, list func(map[string]any, string, string) ([]any, bool), add func(string)) bool {
	span, _ := raw.(map[string]any)
	ok := true
	for _, name := range [...]string{"traceId", "spanId", "parentSpanId"} {
		switch id := span[name].(type) {
		case string:
			if id == "" && name != "parentSpanId" {
				add(name + ":absent")
				ok = false
			}
		case nil:
			if name != "parentSpanId" {
				add(name + ":absent")
				ok = false
			}
		default:
			add(name + ":not_an_id")
			ok = false
		}
	}
	if _, isList := list(span, "attributes", "attributes"); !isList {
		ok = false
	}
	events, isList := list(span, "events", "events")
	ok = ok && isList
	for _, event := range events {
		object, _ := event.(map[string]any)
		if _, isList := list(object, "attributes", "event.attributes"); !isList {
			ok = false
		}
	}
	return ok
}
