//go:build linux

package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// patience is how long tests wait for what happens in its own time, on a machine
// that has other things to do.
const patience = 2 * time.Minute

// trial is one collector with three destinations, the load on it, and the ledger.
type trial struct {
	t       testing.TB
	dir     string
	env     []string
	args    []string
	random  *rand.Rand
	load    *load
	ledger  *ledger
	scanner *scanner
	store   *tally
	otlp    *otlpSink
	fuse    *tally
	server  *langfusetest.Server
	wires   []*wire
	quiet   time.Duration // nothing comes for so long: what lacks is lost

	c       *e2e.Collector
	read    int // bytes of its log that were looked at
	kills   int
	stops   int
	reloads int
	log     strings.Builder // of all collectors before
	ending  func()          // ends the load
}

// The keys of the project in Langfuse.
const public, secret = "pk-lf-1234", "sk-lf-5678"

// impatient makes attempts follow each other quickly, so that tests need not wait.
const impatient = "{initial_interval: 50ms, max_interval: 500ms}"

// newTrial prepares a trial of the configuration that variables make, which is what
// runs without a command line.
func newTrial(t testing.TB, fillerBytes int, settings ...string) *trial {
	t.Helper()
	e2e.Binary(t)
	if alone, ok := t.(interface{ Parallel() }); ok {
		alone.Parallel() // most of the time of each is waiting
	}
	seed := uint64(number(t, "CHAOS_SEED", int(time.Now().UnixNano()%1e9)))
	t.Logf("CHAOS_SEED=%d", seed)
	secrets := testutil.NewSecrets(seed)
	x := &trial{t: t, dir: t.TempDir(), random: rand.New(rand.NewPCG(seed, 1)), ledger: newLedger(seed), scanner: newScanner(secrets), quiet: 20 * time.Second}
	x.load = &load{ledger: x.ledger, author: newAuthor(x.ledger, secrets, fillerBytes), timeout: 10 * time.Second, pause: time.Second}
	x.store, x.fuse = x.ledger.tally("store"), x.ledger.tally("langfuse")
	x.otlp = &otlpSink{x.ledger.tally("otlp")}

	x.server = langfusetest.New(t, langfusetest.Options{
		Keys: []langfusetest.Key{{Public: public, Secret: secret, Project: "p"}},
		Sink: x.fuse.takeObservation,
		Lax:  true, // judge asks for what is wrong
	})
	x.wires = []*wire{
		startWire(t, "otlp", x.otlp, x.scanner),
		startWire(t, "langfuse", proxyTo(t, x.server.URL), x.scanner),
	}
	x.env = []string{
		"OTELCOL_STOP_TIMEOUT=3s",
		"OTEL_EXPORTER_OTLP_ENDPOINT=" + x.wires[0].url(),
		"LANGFUSE_BASE_URL=" + x.wires[1].url(),
		"LANGFUSE_PUBLIC_KEY=" + public,
		"LANGFUSE_SECRET_KEY=" + secret,
	}
	x.args = []string{"--config", "mastra:env"}
	for _, setting := range append([]string{
		"exporters::otlp_http::retry_on_failure: " + impatient,
		"exporters::langfuse::retry_on_failure: " + impatient,
	}, settings...) {
		x.args = append(x.args, "--config", "yaml:"+setting)
	}
	return x
}

// number reads a variable.
func number(t testing.TB, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, name)
	return n
}

// rounds of a test: so many, or as CHAOS_ROUNDS says.
func rounds(t testing.TB, short int) int {
	t.Helper()
	return number(t, "CHAOS_ROUNDS", short)
}

// longRounds are those of a test whose round has several steps: a tenth.
func longRounds(t testing.TB, short int) int {
	t.Helper()
	return max(1, number(t, "CHAOS_ROUNDS", 10*short)/10)
}

// launch begins a collector and has the load go to it.
func (x *trial) launch() {
	x.t.Helper()
	x.c, x.read = e2e.Launch(x.t, x.dir, x.env, x.args...), 0
	x.load.point(address{x.c.HTTP, x.c.GRPC})
}

// start begins a collector and waits until it is healthy.
func (x *trial) start() {
	x.t.Helper()
	x.launch()
	require.NoError(x.t, x.c.WaitHealthy(), "the collector's log:\n%s", x.c.Log())
}

// kill ends it at once.
func (x *trial) kill() {
	x.kills++
	x.c.Kill()
	x.ended()
}

// overdue is what a collector says whose stop a destination holds up. It ends then,
// and what it has not sent is on disk.
const overdue = "(OTELCOL_STOP_TIMEOUT): ended"

// stop ends it with SIGTERM, which a destination in trouble may make an end in time
// rather than in order.
func (x *trial) stop() {
	x.t.Helper()
	x.stops++
	if err := x.c.Stop(); err != nil && !strings.Contains(x.c.Log(), overdue) {
		assert.NoError(x.t, err, "the end of the collector's log:\n%s", tail(x.c.Log()))
	}
	x.ended()
}

// ended looks at what a collector has left.
func (x *trial) ended() {
	x.scanner.scan("the log", []byte(x.c.Log()))
	x.log.WriteString(x.c.Log())
}

// logs is what all collectors of the trial have written.
func (x *trial) logs() string { return x.log.String() + x.c.Log() }

func tail(text string) string { return text[max(0, len(text)-4000):] }

// begin has clients send until endLoad.
func (x *trial) begin(clients int, perSecond float64) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { x.load.run(ctx, clients, perSecond) })
	x.ending = func() { cancel(); running.Wait(); x.ending = nil }
	x.t.Cleanup(x.endLoad)
}

func (x *trial) endLoad() {
	if x.ending != nil {
		x.ending()
	}
}

// await waits until n more requests are acknowledged.
func (x *trial) await(n int) {
	x.t.Helper()
	before := x.ledger.acknowledged()
	x.eventually(func() bool { return x.ledger.acknowledged() >= before+n }, "%d of %d more requests are acknowledged",
		func() any { return x.ledger.acknowledged() - before }, func() any { return n })
}

// eventually waits for a condition; what is said otherwise is made at the end.
func (x *trial) eventually(condition func() bool, message string, args ...func() any) {
	x.t.Helper()
	for deadline := time.Now().Add(patience); !condition(); <-time.After(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			var values []any
			for _, arg := range args {
				values = append(values, arg())
			}
			x.t.Fatalf(message+"\nthe end of the collector's log:\n%s", append(values, tail(x.c.Log()))...)
		}
	}
}

// pause waits for a random time, up to a bound.
func (x *trial) pause(most time.Duration) { <-time.After(time.Duration(x.random.Int64N(int64(most)))) }

// calm makes all destinations take what they are sent.
func (x *trial) calm() {
	for _, w := range x.wires {
		w.set(x.t, fine)
	}
}

// bounds are what a trial allows.
type bounds struct {
	duplicates int  // spans that OTLP and Langfuse may have more than once
	lossNamed  bool // what is lost stands in the log; damaged files only
}

// perRequest is the most items that one request to a destination has. Over OTLP it is
// max_size of the queue's batch in config/destinations/otlp.yaml, 200; Langfuse's
// exporter takes whole requests until it has 512, its min_size.
const perRequest = 600

// inFlight is how many items can be on their way when a collector is killed, or starts
// anew because a destination holds a reload up: taken by
// a destination whose answer comes too late, or sent again by a client whom the next
// collector does not remember. The queues of destinations have ten consumers.
func (x *trial) inFlight(clients int) int {
	allowed := (x.kills + x.reloads) * (10*perRequest + clients*6)
	for _, w := range x.wires {
		w.mu.Lock()
		allowed += w.unanswered * perRequest
		w.mu.Unlock()
	}
	return allowed
}

// finish ends the load, waits until everything acknowledged has arrived, stops the
// collector, and holds the counts to what is allowed.
func (x *trial) finish(allowed bounds) []counts {
	x.t.Helper()
	x.endLoad()
	x.calm()
	x.settle()
	x.scanner.scanURL("metrics", x.c.Metrics)
	x.stop()
	assert.NotContains(x.t, x.c.Log(), overdue, "a stop while all destinations are fine")
	x.scanner.scanFolder(x.t, x.dir)
	readStore(x.t, filepath.Join(x.dir, "data", "traces.db"), x.store)
	return x.judge(allowed)
}

// settle waits until everything acknowledged has arrived, or nothing has come for a
// while.
func (x *trial) settle() {
	before := -1
	for deadline := time.Now().Add(x.quiet); time.Now().Before(deadline); <-time.After(50 * time.Millisecond) {
		missing := x.ledger.settle(x.otlp.tally, true).lost + x.ledger.settle(x.fuse, false).lost
		if missing == 0 {
			return
		}
		if missing != before {
			before, deadline = missing, time.Now().Add(x.quiet)
		}
	}
}

// judge holds the counts to what is allowed, and reports them.
func (x *trial) judge(allowed bounds) []counts {
	x.t.Helper()
	all := []counts{x.ledger.settle(x.store, true), x.ledger.settle(x.otlp.tally, true), x.ledger.settle(x.fuse, false)}
	var report strings.Builder
	fmt.Fprintf(&report, "%s: %d kills, %d stops, %d reloads, %d attempts without an answer\n", x.t.Name(), x.kills, x.stops, x.reloads, x.load.unavailable.Load())
	for _, c := range all {
		fmt.Fprintf(&report, "  %s\n", c)
		if !allowed.lossNamed {
			assert.Zero(x.t, c.lost, "%s lost what was acknowledged, such as %v", c.name, c.missing)
		}
	}
	for _, w := range x.wires {
		fmt.Fprintf(&report, "  requests to %s: %v\n", w.name, w.report())
	}
	fmt.Fprintf(&report, "  %s\n", x.scanner)
	assert.Positive(x.t, all[0].acked, "nothing was acknowledged: the trial says nothing")
	assert.Zero(x.t, all[0].duplicates, "stored twice")
	for _, c := range all[1:] {
		assert.LessOrEqual(x.t, c.duplicates, allowed.duplicates, "%s has more duplicates than can have been on their way", c.name)
	}
	for _, y := range []*tally{x.store, x.otlp.tally, x.fuse} {
		assert.Empty(x.t, y.violationsOf(), y.name)
	}
	if !x.fuse.foreign { // else mutated spans are there, too
		assert.Empty(x.t, x.server.Violations(), "Langfuse")
	}
	assert.Empty(x.t, x.ledger.refusalsOf(), "good requests got a final answer")
	assert.Empty(x.t, x.scanner.findings(), "secrets are out")
	x.t.Log(report.String())
	x.record(report.String())
	return all
}

// record appends to the file that CHAOS_REPORT names.
func (x *trial) record(text string) {
	name := os.Getenv("CHAOS_REPORT")
	if name == "" {
		return
	}
	verdict := "passed"
	if x.t.Failed() {
		verdict = "FAILED"
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	require.NoError(x.t, err)
	defer file.Close()
	_, err = fmt.Fprintf(file, "%s %s %s", time.Now().UTC().Format(time.RFC3339), verdict, text)
	require.NoError(x.t, err)
}
