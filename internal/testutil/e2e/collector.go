// Package e2e runs the built collector, and clients of it, for end-to-end tests.
package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
)

// BinaryVariable names the environment variable with the path of the built
// collector, which `make test` sets.
const BinaryVariable = "OTELCOL_LLM_BINARY"

// Binary returns the path of the built collector. Without it a test of the
// binary fails: there is nothing to test.
func Binary(t testing.TB) string {
	t.Helper()
	path := os.Getenv(BinaryVariable)
	if path == "" {
		t.Fatalf("%s is not set: run make test-e2e, or make build and set it to the path of bin/otelcol-llm", BinaryVariable)
	}
	return path
}

// Collector is a running collector with its own ports and folder.
type Collector struct {
	Dir     string   // its working folder, with data/traces.db
	HTTP    string   // base URL of OTLP/HTTP
	GRPC    string   // base URL of OTLP/gRPC
	Health  string   // URL of the health check
	Metrics string   // URL of its own metrics
	ZPages  string   // base URL of zpages
	PProf   string   // base URL of pprof
	Viewer  string   // base URL of the page of traces, where it runs
	Ports   []string // all of these, on 127.0.0.1

	process *exec.Cmd
	log     *Output
	exited  chan error
	once    sync.Once
	exitErr error
}

// readyTimeout bounds how long a collector may take to start, on a machine that
// has other things to do.
const readyTimeout = 60 * time.Second

// portVariables are those of config/ that say where a collector listens, whatever
// its destinations.
var portVariables = []string{
	"OTELCOL_HTTP_PORT", "OTELCOL_GRPC_PORT", "OTELCOL_HEALTH_PORT", "OTELCOL_METRICS_PORT", "OTELCOL_ZPAGES_PORT", "OTELCOL_PPROF_PORT",
	"OTELCOL_VIEWER_PORT",
}

// PortEnvironment makes a collector listen on ports that nobody else has. Its
// first entry is that of OTLP over HTTP.
func PortEnvironment(t testing.TB) []string {
	t.Helper()
	return environment(FreePorts(t, len(portVariables)))
}

func environment(ports []string) []string {
	env := make([]string, len(ports))
	for i, port := range ports {
		env[i] = portVariables[i] + "=" + port
	}
	return env
}

// StartCollector runs the built collector in a folder of its own, on free
// ports, and waits until it is healthy. args are those of the command line; none
// run the embedded configuration. The test ends it.
func StartCollector(t testing.TB, args ...string) *Collector {
	t.Helper()
	return StartCollectorIn(t, t.TempDir(), args...)
}

// StartCollectorIn is StartCollector with a folder that outlives the collector.
func StartCollectorIn(t testing.TB, dir string, args ...string) *Collector {
	t.Helper()
	return StartCollectorWith(t, dir, nil, args...)
}

// StartCollectorWith is StartCollectorIn with environment variables, NAME=VALUE,
// that other processes of the test do not have.
func StartCollectorWith(t testing.TB, dir string, env []string, args ...string) *Collector {
	t.Helper()
	c := Launch(t, dir, env, args...)
	require.NoError(t, c.WaitHealthy(), "the collector's log:\n%s", c.Log())
	return c
}

// maxLogShown is how many bytes of a collector's log, the last ones, a test that fails
// shows.
const maxLogShown = 64 << 10

// Launch is StartCollectorWith without waiting for anything: the process has just
// begun, and may be one that ends by itself.
func Launch(t testing.TB, dir string, env []string, args ...string) *Collector {
	t.Helper()
	cmd := exec.Command(Binary(t), args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	c := LaunchCommand(t, cmd)
	c.Dir = dir
	return c
}

// LaunchCommand begins a command that runs the collector, which is given free ports.
func LaunchCommand(t testing.TB, cmd *exec.Cmd) *Collector {
	t.Helper()
	ports := FreePorts(t, len(portVariables))
	c := &Collector{
		HTTP:    "http://127.0.0.1:" + ports[0],
		GRPC:    "http://127.0.0.1:" + ports[1],
		Health:  "http://127.0.0.1:" + ports[2],
		Metrics: "http://127.0.0.1:" + ports[3] + "/metrics",
		ZPages:  "http://127.0.0.1:" + ports[4],
		PProf:   "http://127.0.0.1:" + ports[5],
		Viewer:  "http://127.0.0.1:" + ports[6],
		Ports:   ports,
		log:     &Output{},
		exited:  make(chan error, 1),
	}
	c.process = cmd
	c.process.Env = append(c.process.Env, environment(ports)...)
	c.process.Stdout, c.process.Stderr = c.log, c.log
	require.NoError(t, c.process.Start())
	go func() { c.exited <- c.process.Wait() }()
	t.Cleanup(func() {
		c.Kill()
		if t.Failed() {
			log := c.Log()
			t.Logf("the collector's log:\n%s", log[max(0, len(log)-maxLogShown):])
		}
	})
	return c
}

// Pid is the process's number.
func (c *Collector) Pid() int { return c.process.Process.Pid }

// Signal sends the process a signal, such as SIGSTOP.
func (c *Collector) Signal(signal syscall.Signal) error { return c.process.Process.Signal(signal) }

// WaitHealthy waits until the collector is healthy. It is an error where it ends
// before.
func (c *Collector) WaitHealthy() error {
	deadline := time.Now().Add(readyTimeout)
	for time.Now().Before(deadline) {
		select {
		case err := <-c.exited:
			c.exited <- err
			return fmt.Errorf("the collector ended: %w", err)
		default:
		}
		if Answers(c.Health) {
			return nil
		}
		<-time.After(10 * time.Millisecond)
	}
	return errors.New("the collector is not healthy in time")
}

// Answers reports whether an URL answers 200.
func Answers(url string) bool {
	response, err := http.Get(url)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// Log returns what the collector has written so far.
func (c *Collector) Log() string { return c.log.String() }

// CPU is the processor time that the collector has used.
func (c *Collector) CPU() time.Duration { return testutil.ProcessCPU(c.process.Process.Pid) }

// PeakMemory is the most resident memory that the collector has had, in bytes.
func (c *Collector) PeakMemory() int { return testutil.ProcessPeakMemory(c.process.Process.Pid) }

// TracesDB is the path of the embedded configuration's trace store.
func (c *Collector) TracesDB() string { return filepath.Join(c.Dir, "data", "traces.db") }

// Reload makes the collector read its configuration again, with SIGHUP.
func (c *Collector) Reload() error { return c.process.Process.Signal(syscall.SIGHUP) }

// Run runs another command of the collector's binary beside it, with its folder and
// environment, and returns what it wrote and how it exited.
func (c *Collector) Run(t testing.TB, args ...string) (output string, err error) {
	t.Helper()
	return RunBinary(t, c.Dir, c.process.Env, args...)
}

// Stop ends the collector with SIGTERM and returns how it exited.
func (c *Collector) Stop() error { return c.end(syscall.SIGTERM) }

// Kill ends the collector at once, with SIGKILL.
func (c *Collector) Kill() { _ = c.end(syscall.SIGKILL) }

// Wait returns how the collector exited, which it does by itself.
func (c *Collector) Wait() error { return c.end(nil) }

func (c *Collector) end(signal os.Signal) error {
	c.once.Do(func() {
		if signal != nil {
			_ = c.process.Process.Signal(signal)
		}
		select {
		case c.exitErr = <-c.exited:
		case <-time.After(readyTimeout):
			_ = c.process.Process.Kill()
			c.exitErr = errors.Join(errors.New("the collector did not stop in time"), <-c.exited)
		}
	})
	return c.exitErr
}

// RunBinary runs the built collector to its end, in a folder of its own, and
// returns what it wrote and how it exited.
func RunBinary(t testing.TB, dir string, env []string, args ...string) (output string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, Binary(t), args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	raw, err := cmd.CombinedOutput()
	return string(raw), err
}

// Ports that a test process gives out: below those that Linux gives to outgoing
// connections (from 32768), a hundred a process, so that packages that are tested
// at the same time do not take each other's between looking and listening.
const (
	firstPort       = 10240
	portsPerProcess = 100
	processes       = 220
)

var portsGiven atomic.Uint32

// FreePorts returns n ports of 127.0.0.1 that nobody listens on.
func FreePorts(t testing.TB, n int) []string {
	t.Helper()
	first := firstPort + os.Getpid()%processes*portsPerProcess
	var ports []string
	for range 2 * portsPerProcess {
		if len(ports) == n {
			return ports
		}
		port := strconv.Itoa(first + int(portsGiven.Add(1)%portsPerProcess))
		listener, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err != nil {
			continue // somebody has it
		}
		require.NoError(t, listener.Close())
		ports = append(ports, port)
	}
	require.Len(t, ports, n, "no free ports from %d on", first)
	return ports
}

// Output is what a process has written, which a test may read meanwhile.
type Output struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

// Write appends what the process writes.
func (b *Output) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

// String is all of it so far.
func (b *Output) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
