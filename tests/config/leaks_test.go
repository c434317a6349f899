package config

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	logsv1 "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	metricsv1 "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// brokenBytes makes text that no protobuf library writes: the bytes 1 to 3 become ones that are no UTF-8.
var brokenBytes = strings.NewReplacer("\x01", "\xff", "\x02", "\xfe", "\x03", "\xc3")

// forms are texts that hold a token.
var forms = map[string]func(token string) string{
	"alone":           func(s string) string { return s },
	"in a sentence":   func(s string) string { return "see " + s + "." },
	"broken around":   func(s string) string { return "\x01" + s + "\x02" },
	"broken before":   func(s string) string { return "a\x03" + s },
	"broken name":     func(s string) string { return "password\x03=" + s },
	"broken in name":  func(s string) string { return "pass\x03word=" + s },
	"U+FFFD":          func(s string) string { return "\ufffd" + s + "\ufffd" },
	"no-break blank":  func(s string) string { return "token\u00a0: " + s + "\u00a0" },
	"no width":        func(s string) string { return "\u200b" + s + "\ufeff" },
	"in a label":      func(s string) string { return "[REDACTED:" + s + "]" },
	"behind a label":  func(s string) string { return "[REDACTED:pii.email]" + s },
	"before a label":  func(s string) string { return s + "[REDACTED:pii.email]" },
	"JSON":            func(s string) string { return `{"a":[{"b":"` + s + `"}]}` },
	"JSON in JSON":    func(s string) string { return `{"a":"{\"b\":\"` + s + `\"}"}` },
	"percent":         func(s string) string { return "x=" + eachByte("%%%02x", s) },
	"unicode escapes": func(s string) string { return `{"a":"` + eachByte(`\u%04x`, s) + `"}` },
	"base64":          func(s string) string { return base64.StdEncoding.EncodeToString([]byte("the key " + s + " of mine")) },
	"NUL":             func(s string) string { return "\x00" + s + "\x00" },
	"address":         func(s string) string { return "https://u:" + s + "@h.example/x?k=" + s + "#f" },
	"markup":          func(s string) string { return "<a><![CDATA[" + s + "]]></a>" },
}

func eachByte(format, s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, format, s[i])
	}
	return b.String()
}

// exports are the requests of OTLP, by the end of their address.
var exports = map[string]struct {
	empty   proto.Message
	service string
}{
	"traces":  {&tracev1.ExportTraceServiceRequest{}, "trace.v1.TraceService"},
	"logs":    {&logsv1.ExportLogsServiceRequest{}, "logs.v1.LogsService"},
	"metrics": {&metricsv1.ExportMetricsServiceRequest{}, "metrics.v1.MetricsService"},
}

// textFields calls visit with the path to every field of text or bytes that is no identifier. A message within itself, as values have, is
// entered three times.
func textFields(md protoreflect.MessageDescriptor, from []protoreflect.FieldDescriptor, visit func([]protoreflect.FieldDescriptor)) {
	within := 0
	for _, fd := range from {
		if fd.Message() == md {
			within++
		}
	}
	if within > 2 {
		return
	}
	for i := range md.Fields().Len() {
		fd := md.Fields().Get(i)
		to := append(append([]protoreflect.FieldDescriptor(nil), from...), fd)
		switch {
		case fd.Message() != nil:
			textFields(fd.Message(), to, visit)
		case (fd.Kind() == protoreflect.StringKind || fd.Kind() == protoreflect.BytesKind) && !strings.HasSuffix(string(fd.Name()), "_id"):
			visit(to)
		}
	}
}

// holding returns a request that holds nothing but a text at the end of a path.
func holding(empty proto.Message, path []protoreflect.FieldDescriptor, text string) proto.Message {
	top := proto.Clone(empty)
	m := top.ProtoReflect()
	for _, fd := range path {
		value := protoreflect.ValueOfString(text)
		if fd.Kind() == protoreflect.BytesKind {
			value = protoreflect.ValueOfBytes([]byte(text))
		}
		switch {
		case fd.Message() != nil && fd.IsList():
			m = m.Mutable(fd).List().AppendMutable().Message()
		case fd.Message() != nil:
			m = m.Mutable(fd).Message()
		case fd.IsList():
			m.Mutable(fd).List().Append(value)
		default:
			m.Set(fd, value)
		}
	}
	return top
}

// client sends bodies over each transport, and keeps all that it is answered.
type client struct {
	*testing.T
	collector *e2e.Collector
	h2        http.Client
	answers   bytes.Buffer
	statuses  map[int]int
}

func newClient(t *testing.T, c *e2e.Collector) *client {
	t.Helper()
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: &protocols}
	t.Cleanup(transport.CloseIdleConnections)
	return &client{T: t, collector: c, h2: http.Client{Transport: transport, Timeout: time.Minute}, statuses: map[int]int{}}
}

func (c *client) do(via *http.Client, url, contentType string, body []byte) {
	c.Helper()
	request, err := http.NewRequestWithContext(c.Context(), http.MethodPost, url, bytes.NewReader(body))
	require.NoError(c, err)
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("TE", "trailers")
	response, err := via.Do(request)
	require.NoError(c, err)
	defer response.Body.Close()
	_, err = io.Copy(&c.answers, response.Body)
	require.NoError(c, err)
	fmt.Fprintln(&c.answers, response.Header, response.Trailer)
	c.statuses[response.StatusCode]++
}

func (c *client) http(signal, encoding string, body []byte) {
	c.Helper()
	c.do(http.DefaultClient, c.collector.HTTP+"/v1/"+signal, "application/"+encoding, body)
}

// grpc sends one message without a library, which would refuse text that is no UTF-8.
func (c *client) grpc(signal string, body []byte) {
	c.Helper()
	frame := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(body)))
	c.do(&c.h2, c.collector.GRPC+"/opentelemetry.proto.collector."+exports[signal].service+"/Export", "application/grpc", append(frame, body...))
}

// badBodies are requests that are refused, with a token where something else is due.
var badBodies = []string{
	`{"resource@": "%s"}`, `%s`, `{"%s":1`, `{"resource@":[{"resource":{"attributes":[{"key":"a","value":{"intValue":"%s"}}]}}]}`,
	`{"resource@":[{"scope@":[{"%s":[`, `{"resource@":[{"resource":{"attributes":[{"key":"%s","value":{"doubleValue":"%s"}}]}}]}`,
	`{"resource@":[{"resource":{"attributes":[{"key":"a","value":{"boolValue":"%s"}}]}}]}`, `{"resource@":[{"scope@":[{"scope":{"name":["%s"]}}]}]}`,
	`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"%s","kind":"%s"}]}]}]}`, `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"traceId":"%s"}]}]}]}`,
}

// TestNoSecretLeavesByAnyWay plants tokens of their own in every field of OTLP, in many forms and over each transport, and in requests that are
// refused. It looks for them in what destinations are sent, in all files, in the log at level debug, in every answer, and on every page.
func TestNoSecretLeavesByAnyWay(t *testing.T) {
	backend := otlptest.Start(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", backend.URL)
	port := e2e.FreePorts(t, 1)[0]
	t.Setenv("OTELCOL_PROMETHEUS_PORT", port)
	c := e2e.StartCollector(t, append(arguments(t, "destinations/otlp.yaml", "destinations/prometheus.yaml", "destinations/libsql.yaml", "viewer.yaml"), "--config", "yaml:service::telemetry::logs::level: debug")...)
	client := newClient(t, c)
	needles := map[string]string{}
	plant := func(place string) string {
		token := testutil.NewSecrets(uint64(1000 + len(needles)))["githubToken"]
		needles[place] = token[len("ghp_"):]
		return token
	}
	names := slices.Sorted(maps.Keys(forms))
	sent := 0
	for _, signal := range slices.Sorted(maps.Keys(exports)) {
		export := exports[signal]
		textFields(export.empty.ProtoReflect().Descriptor(), nil, func(path []protoreflect.FieldDescriptor) {
			for range 5 {
				form := names[sent%len(names)]
				text := forms[form](plant(fmt.Sprintf("%s: %v %s %d", signal, path[len(path)-1].FullName(), form, sent)))
				message := holding(export.empty, path, text)
				body, err := proto.Marshal(message)
				require.NoError(t, err)
				body = bytes.Replace(body, []byte(text), []byte(brokenBytes.Replace(text)), 1)
				switch sent / len(names) % 3 {
				case 0:
					client.http(signal, "x-protobuf", body)
				case 1:
					client.grpc(signal, body)
				case 2:
					raw, err := protojson.Marshal(message)
					require.NoError(t, err)
					client.http(signal, "json", raw)
				}
				sent++
			}
		})
	}
	assert.Equal(t, map[int]int{http.StatusOK: sent}, client.statuses)

	named := ptrace.NewTraces()
	attributes := named.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty().Attributes()
	for _, name := range []string{"password\xc3", "\xffapi_key", "db.pass\xc3word", "password\u00a0", "client_secret\u200b"} {
		needles["a name like "+name] = fmt.Sprintf("hunter2Xy9%03dqzv", len(needles))
		attributes.PutStr(name, needles["a name like "+name])
		attributes.PutEmptyMap("call" + name).PutEmptySlice(name).AppendEmpty().SetStr(needles["a name like "+name])
	}
	attributes.PutStr("note", "a prompt of a client")
	send(t, c, named)

	for signal := range exports {
		kind := strings.ToUpper(signal[:1]) + signal[1:]
		if signal == "traces" {
			kind = "Spans"
		}
		for i, bad := range badBodies {
			body := strings.ReplaceAll(strings.ReplaceAll(bad, "@", kind), "%s", plant(fmt.Sprintf("%s: bad body %d", signal, i)))
			client.http(signal, "json", []byte(body))
			client.http(signal, "x-protobuf", []byte(body))
			client.grpc(signal, []byte(body))
		}
	}
	assert.Greater(t, client.statuses[http.StatusBadRequest], 2*len(badBodies))

	backend.WaitSpans(t, 1)
	places := map[string]string{"answers": client.answers.String()}
	for _, url := range []string{
		"http://127.0.0.1:" + port + "/metrics", c.Metrics, c.Health, c.ZPages + "/debug/servicez", c.ZPages + "/debug/pipelinez", c.ZPages + "/debug/extensionz",
		c.PProf + "/debug/pprof/cmdline", c.PProf + "/debug/pprof/goroutine?debug=2",
	} {
		places[url] = page(t, url)
	}
	for _, path := range []string{
		"traces?limit=1000", "traces/stats", "sessions?limit=1000", "spend?by=user&by=model", "spend/unpriced", "agents", "tools", "loops", "redactions", "store",
		"search?q=REDACTED", "search?q=note", "values/service", "values/attribute", "values/attribute:note", "values/name", "collector", "first-run",
	} {
		places[path] = page(t, c.Viewer+"/api/v1/"+path)
	}
	var stored query.Page[query.TraceSummary]
	require.NoError(t, json.Unmarshal([]byte(places["traces?limit=1000"]), &stored))
	require.NotEmpty(t, stored.Items)
	for _, trace := range stored.Items {
		for _, part := range []string{"", "/otlp", "/logs"} {
			places["trace "+trace.TraceID+part] = page(t, c.Viewer+"/api/v1/traces/"+trace.TraceID+part)
		}
	}
	require.NoError(t, c.Stop())
	for i, body := range backend.Bodies() {
		places[fmt.Sprintf("request %d of the destination", i)] = string(body)
	}
	c.AssertNotStored(t, needles)
	for place, text := range places {
		for name, needle := range needles {
			if strings.Contains(text, needle) {
				t.Errorf("%s is in %s", name, place)
			}
		}
	}
	assert.Contains(t, c.Log(), "condition evaluation result", "the level is not debug")
	assert.NotContains(t, c.Log(), "a prompt of a client")
}
