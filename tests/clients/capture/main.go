// Command capture runs a client against a receiver of OTLP/HTTP and writes what
// arrives as one OTLP JSON document, a fixture for internal/genai. A client is a
// folder of tests/clients, and its script app.mjs; a script of another name
// follows a slash, and becomes part of the fixture's name:
//
//	go run ./tests/clients/capture openinference aisdk5/providers
//
// Resource attributes that tell of this machine are left out. Where a secret is
// planted the fixture has its placeholder, @@name@@.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: capture CLIENT... (folders of tests/clients)")
		os.Exit(2)
	}
	for _, client := range os.Args[1:] {
		if err := capture(client); err != nil {
			fmt.Fprintf(os.Stderr, "capture %s: %v\n", client, err)
			os.Exit(1)
		}
	}
}

func capture(client string) error {
	got := &receiver{traces: ptrace.NewTraces()}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: got}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()

	placeholders := map[string]string{}
	for name := range testutil.NewSecrets(1) {
		placeholders[name] = "@@" + name + "@@"
	}
	secrets, err := json.Marshal(placeholders)
	if err != nil {
		return err
	}
	folder, script, _ := strings.Cut(client, "/")
	if script == "" {
		script = "app"
	}
	cmd := exec.Command("node", script+".mjs")
	cmd.Dir = filepath.Join("tests", "clients", folder)
	cmd.Env = append(os.Environ(), "OTLP_ENDPOINT=http://"+listener.Addr().String(), "SECRETS="+string(secrets))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	return got.write(filepath.Join("internal", "genai", "testdata", strings.ReplaceAll(client, "/", "-")+".json"))
}

// receiver takes OTLP/HTTP trace requests, protobuf or JSON; other signals are
// accepted and dropped.
type receiver struct {
	mu     sync.Mutex
	traces ptrace.Traces
	err    error
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if strings.HasSuffix(request.URL.Path, "/v1/traces") {
		r.err = errors.Join(r.err, r.take(request))
	}
	w.Header().Set("Content-Type", request.Header.Get("Content-Type"))
	if strings.Contains(request.Header.Get("Content-Type"), "json") {
		_, _ = w.Write([]byte("{}"))
	}
}

func (r *receiver) take(request *http.Request) error {
	raw, err := io.ReadAll(request.Body)
	if err != nil {
		return err
	}
	if request.Header.Get("Content-Encoding") == "gzip" {
		plain, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return err
		}
		if raw, err = io.ReadAll(plain); err != nil {
			return err
		}
	}
	export := ptraceotlp.NewExportRequest()
	if strings.Contains(request.Header.Get("Content-Type"), "json") {
		err = export.UnmarshalJSON(raw)
	} else {
		err = export.UnmarshalProto(raw)
	}
	if err != nil {
		return err
	}
	export.Traces().ResourceSpans().MoveAndAppendTo(r.traces.ResourceSpans())
	return nil
}

func (r *receiver) write(path string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return r.err
	}
	if r.traces.SpanCount() == 0 {
		return errors.New("no span arrived")
	}
	for _, rs := range r.traces.ResourceSpans().All() {
		rs.Resource().Attributes().RemoveIf(func(key string, _ pcommon.Value) bool {
			return strings.HasPrefix(key, "process.") || strings.HasPrefix(key, "host.") || key == "service.instance.id"
		})
	}
	raw, err := new(ptrace.JSONMarshaler).MarshalTraces(r.traces)
	if err != nil {
		return err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, raw, "", " "); err != nil {
		return err
	}
	pretty.WriteByte('\n')
	return os.WriteFile(path, pretty.Bytes(), 0o644)
}
