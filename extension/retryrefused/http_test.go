package retryrefused

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/exporter/otlphttpexporter"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-llm/otelcol-llm/internal/refusal"
)

// fate is what becomes of a request.
type fate string

const (
	delivered fate = "delivered"
	kept      fate = "kept"
	lost      fate = "lost"
)

func fateOf(err error) fate {
	switch {
	case err == nil:
		return delivered
	case consumererror.IsPermanent(err):
		return lost
	}
	return kept
}

// reply is what a server answers.
type reply struct {
	status   int
	typ      string
	body     string
	location string
	gzip     bool // it says to be gzip
	cut      bool // it says to be longer
}

func (a reply) write(w http.ResponseWriter) {
	if a.typ != "" {
		w.Header().Set("Content-Type", a.typ)
	}
	if a.location != "" {
		w.Header().Set("Location", a.location)
	}
	if a.gzip {
		w.Header().Set("Content-Encoding", "gzip")
	}
	if a.cut {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)+9))
	}
	w.WriteHeader(a.status)
	_, _ = w.Write([]byte(a.body))
}

// overHTTP sends a request of each signal twice to a server that gives one answer,
// and returns what becomes of them by the second.
func overHTTP(t *testing.T, handler http.Handler, config *Config) (traces, logs, metrics fate, errs []error) {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	f := otlphttpexporter.NewFactory()
	te := start(t, f, server.URL, config, f.CreateTraces)
	le := start(t, f, server.URL, config, f.CreateLogs)
	me := start(t, f, server.URL, config, f.CreateMetrics)
	gauge := pmetric.NewMetrics()
	gauge.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty().SetEmptyGauge().DataPoints().AppendEmpty()
	for range 2 {
		errs = []error{te.ConsumeTraces(t.Context(), span()), le.ConsumeLogs(t.Context(), logRecord()), me.ConsumeMetrics(t.Context(), gauge)}
	}
	return fateOf(errs[0]), fateOf(errs[1]), fateOf(errs[2]), errs
}

const page = "\n<!DOCTYPE html><html><title>Sign in</title>"

// TestEveryStatus says what becomes of a request after each status of HTTP.
func TestEveryStatus(t *testing.T) {
	type row struct{ traces, others, tracesDay, othersDay fate }
	final := row{lost, lost, lost, lost}
	forGood := row{kept, kept, kept, kept}
	address := row{kept, lost, kept, lost}
	bounded := row{kept, kept, lost, lost}
	rows := map[int]row{
		401: forGood, 402: forGood, 403: forGood, 407: forGood, 408: forGood, 421: forGood, 425: forGood, 429: forGood,
		404: address, 405: address, 410: address, 426: address, 501: address,
		502: forGood, 503: forGood, 504: forGood, 507: forGood, 509: forGood, 511: forGood,
		521: forGood, 522: forGood, 523: forGood, 524: forGood, 525: forGood, 526: forGood, 527: forGood, 529: forGood, 530: forGood,
	}
	for status := 300; status < 600; status++ {
		want, ok := rows[status]
		switch {
		case ok:
		case status < 400:
			want = forGood
		case status < 500:
			want = final
		default:
			want = bounded
		}
		if status%100 > 34 && status%100 != 51 && status%100 != 99 {
			continue // none has a meaning
		}
		server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			reply{status: status, typ: "text/plain", body: "your token " + r.Header.Get("Authorization") + " is none"}.write(w)
		})
		traces, logs, metrics, errs := overHTTP(t, server, createDefaultConfig().(*Config))
		assert.Equal(t, want.traces, traces, status)
		assert.Equal(t, want.others, logs, status)
		assert.Equal(t, want.others, metrics, status)
		for _, err := range errs {
			assert.NotContains(t, err.Error(), "your token")
			assert.Contains(t, err.Error(), strconv.Itoa(status))
		}
		traces, logs, metrics, _ = overHTTP(t, server, aDayIsOver())
		assert.Equal(t, want.tracesDay, traces, status)
		assert.Equal(t, want.othersDay, logs, status)
		assert.Equal(t, want.othersDay, metrics, status)
	}
}

// TestEveryBody says which answers of success are a delivery, and what the exporter
// makes of those that are none.
func TestEveryBody(t *testing.T) {
	partial := ptraceotlp.NewExportResponse()
	partial.PartialSuccess().SetRejectedSpans(3)
	partial.PartialSuccess().SetErrorMessage("three are too old")
	protobuf, err := partial.MarshalProto()
	require.NoError(t, err)
	const json = `{"partialSuccess":{"rejectedSpans":"3","errorMessage":"three are too old"}}`
	for name, test := range map[string]struct {
		reply
		want   fate
		says   string // the error
		logged string
	}{
		"nothing":                        {reply{status: 200}, delivered, "", ""},
		"202 and nothing":                {reply{status: 202}, delivered, "", ""},
		"204":                            {reply{status: 204}, delivered, "", ""},
		"empty protobuf":                 {reply{status: 200, typ: protobufType}, delivered, "", ""},
		"JSON to protobuf":               {reply{status: 200, typ: jsonType, body: "{}"}, delivered, "", ""},
		"words":                          {reply{status: 200, typ: "text/plain", body: "OK"}, delivered, "", ""},
		"some are rejected":              {reply{status: 200, typ: protobufType, body: string(protobuf)}, delivered, "", "Partial success"},
		"some are rejected, in JSON":     {reply{status: 200, typ: jsonType, body: json}, delivered, "", "Partial success"},
		"some are rejected, charset":     {reply{status: 200, typ: "application/json; charset=utf-8", body: json}, delivered, "", "Partial success"},
		"JSON that says protobuf":        {reply{status: 200, typ: protobufType, body: json}, delivered, "", "Partial success"},
		"protobuf that is cut":           {reply{status: 200, typ: protobufType, body: string(protobuf[:9])}, delivered, "", "cannot be read"},
		"JSON that is cut":               {reply{status: 200, typ: jsonType, body: json[:20]}, delivered, "", "cannot be read"},
		"a connection that is cut":       {reply{status: 200, typ: protobufType, body: string(protobuf), cut: true}, delivered, "", "cannot be read"},
		"not gzip":                       {reply{status: 200, typ: protobufType, body: string(protobuf), gzip: true}, delivered, "", "cannot be read"},
		"a page":                         {reply{status: 200, typ: "text/html; charset=utf-8", body: page}, kept, "answers 200 with a page of HTML", ""},
		"a page that says nothing":       {reply{status: 200, body: page}, kept, "answers 200 with a page of HTML", ""},
		"a page that says to be words":   {reply{status: 202, typ: "text/plain", body: page}, kept, "answers 202 with a page of HTML", ""},
		"to a login":                     {reply{status: 302, location: "https://login.example.com/?to=/v1/traces"}, kept, "answers 302 Found to https://login.example.com, check the endpoint", ""},
		"to another host, as it is":      {reply{status: 307, location: "https://other.example.com/v1/traces"}, kept, "answers 307 Temporary Redirect to https://other.example.com", ""},
		"to nowhere":                     {reply{status: 308}, kept, "answers 308 Permanent Redirect, check the endpoint", ""},
		"HTTP to nginx's HTTPS":          {reply{status: 400, typ: "text/html", body: "<h1>400</h1>The plain HTTP request was sent to HTTPS port"}, kept, "must begin with https://", ""},
		"HTTP to Go's HTTPS":             {reply{status: 400, body: "Client sent an HTTP request to an HTTPS server.\n"}, kept, "must begin with https://", ""},
		"a page of what will not do":     {reply{status: 400, typ: "text/html", body: page}, lost, "HTTP Status Code 400", ""},
		"too large":                      {reply{status: 413, typ: "text/html", body: page}, lost, "HTTP Status Code 413", ""},
		"a page of a server that failed": {reply{status: 500, typ: "text/html", body: page}, kept, "answers 500 Internal Server Error, check its log; it is sent again", ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { test.write(w) }))
			defer server.Close()
			factory := otlphttpexporter.NewFactory()
			core, logs := observer.New(zap.WarnLevel)
			set := exportertest.NewNopSettings(factory.Type())
			set.Logger = zap.New(core)
			traces := startWith(t, factory, server.URL, createDefaultConfig().(*Config), set, factory.CreateTraces)
			err := traces.ConsumeTraces(t.Context(), span())
			assert.Equal(t, test.want, fateOf(err), err)
			if test.says != "" {
				assert.ErrorContains(t, err, test.says)
			}
			warnings := logs.FilterLevelExact(zap.WarnLevel).All()
			if test.logged == "" {
				assert.Empty(t, warnings)
			} else {
				require.Len(t, warnings, 1)
				assert.Contains(t, warnings[0].Message, test.logged)
			}
		})
	}
}

// TestARedirectOnTheSameHost that keeps the request is followed.
func TestARedirectOnTheSameHost(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/otlp"+r.URL.Path, http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("POST /otlp/", func(http.ResponseWriter, *http.Request) {})
	traces, logs, metrics, errs := overHTTP(t, mux, createDefaultConfig().(*Config))
	assert.Equal(t, []fate{delivered, delivered, delivered}, []fate{traces, logs, metrics}, errs)
}

// TestOneThatIsRefusedAlone is given up, whatever the answer, once others were taken
// often enough; others pass it meanwhile.
func TestOneThatIsRefusedAlone(t *testing.T) {
	poison := span()
	poison.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetName("poison")
	for _, answer := range []reply{{status: 500}, {status: 403, typ: "text/html", body: page}, {status: 200, typ: "text/html", body: page}, {status: 302, location: "/blocked"}} {
		t.Run(strconv.Itoa(answer.status), func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body := new(bytes.Buffer)
				_, _ = body.ReadFrom(r.Body)
				if bytes.Contains(body.Bytes(), []byte("poison")) {
					answer.write(w)
				}
			}))
			defer server.Close()
			config := createDefaultConfig().(*Config)
			config.Limits.Alone = refusal.AloneConfig{Attempts: 3}
			factory := otlphttpexporter.NewFactory()
			traces := start(t, factory, server.URL, config, factory.CreateTraces)
			require.Equal(t, kept, fateOf(traces.ConsumeTraces(t.Context(), poison)))
			for range 2 {
				require.NoError(t, traces.ConsumeTraces(t.Context(), span()))
				require.Equal(t, kept, fateOf(traces.ConsumeTraces(t.Context(), poison)))
			}
			require.NoError(t, traces.ConsumeTraces(t.Context(), span()))
			err := traces.ConsumeTraces(t.Context(), poison)
			require.Equal(t, lost, fateOf(err))
			assert.ErrorContains(t, err, "4 attempts in 0s while others were taken; it is given up (retry_refused)")
		})
	}
}

// TestAnErrorWithoutAnAnswer is the exporter's.
func TestAnErrorWithoutAnAnswer(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	factory := otlphttpexporter.NewFactory()
	traces := start(t, factory, server.URL, createDefaultConfig().(*Config), factory.CreateTraces)
	server.Close()
	err := traces.ConsumeTraces(t.Context(), span())
	require.ErrorContains(t, err, "failed to make an HTTP request")
	assert.Equal(t, kept, fateOf(err))
}

// TestOtherStatusCodes: none of the defaults is left where others are given.
func TestOtherStatusCodes(t *testing.T) {
	config := createDefaultConfig().(*Config)
	config.StatusCodes, config.TracesStatusCodes = []int{409}, nil
	for status, want := range map[int]fate{409: kept, 401: lost, 404: lost, 500: kept} {
		traces, _, _, _ := overHTTP(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }), config)
		assert.Equal(t, want, traces, status)
	}
}
