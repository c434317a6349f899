package langfuseexporter

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/storagetest"
)

// laneConfig has project a on a server of its own, and one consumer of the queue.
func laneConfig(t *testing.T) (own, a *langfusetest.Server, config *Config) {
	t.Helper()
	a = langfusetest.New(t, langfusetest.Options{Keys: []langfusetest.Key{{Public: "pk-lf-a", Secret: "sk-lf-a", Project: "a"}}})
	own, config = projectsConfig(t, func(c *Config) {
		c.Projects["a"] = ProjectConfig{Keys: KeysConfig{PublicKey: "pk-lf-a", SecretKey: "sk-lf-a"}, Endpoint: a.URL}
		queue := defaultQueue()
		queue.Batch.Get().FlushTimeout, queue.Batch.Get().MinSize, queue.NumConsumers = time.Millisecond, 1, 1
		queue.Batch.Get().Partition.MetadataKeys = []string{"x-project"}
		c.QueueConfig = configoptional.Some(queue)
		c.RetryConfig = quick()
	})
	return own, a, config
}

// down is a server that answers 503 until the plan is taken away.
func down(s *langfusetest.Server) { s.Plan(slicesOf(langfusetest.Step{Status: 503}, 1_000_000)...) }

func slicesOf[T any](v T, n int) []T {
	all := make([]T, n)
	for i := range all {
		all[i] = v
	}
	return all
}

// twoProjects is a batch with a span of project a and one of the exporter's own.
func twoProjects(i int) ptrace.Traces {
	b := newBatch("test")
	b.spanOf(byte(2*i+1), byte(2*i+1), 0, fmt.Sprintf("a %d", i), chat(map[string]any{"project": "a"}))
	b.spanOf(byte(2*i+2), byte(2*i+2), 0, fmt.Sprintf("own %d", i), chat(nil))
	return b.traces
}

func storedSoon(t *testing.T, s *langfusetest.Server, n int) {
	t.Helper()
	require.Eventually(t, func() bool { return len(s.Observations()) >= n }, 30*time.Second, time.Millisecond)
}

// TestAProjectThatIsDownHoldsUpNoOther has a project whose server is down: the spans
// of others pass it, and its own are there when it is back, each once.
func TestAProjectThatIsDownHoldsUpNoOther(t *testing.T) {
	own, a, config := laneConfig(t)
	down(a)
	e := started(t, config)
	const batches = 20
	for i := range batches {
		require.NoError(t, e.ConsumeTraces(t.Context(), twoProjects(i)))
	}
	storedSoon(t, own, batches)
	assert.Empty(t, a.Observations())
	a.Plan()
	storedSoon(t, a, batches)
	once(t, own, batches)
	once(t, a, batches)
	for _, o := range a.Observations() {
		assert.NotContains(t, fmt.Sprint(o.Resource), preparedKey)
	}
}

// TestAFullLaneLosesNothing has more spans for a project that is down than may wait
// for it: then they wait in the queue before, with those of others, until that one
// refuses more.
func TestAFullLaneLosesNothing(t *testing.T) {
	own, a, config := laneConfig(t)
	down(a)
	config.QueueConfig.Get().QueueSize = 4
	e := started(t, config)
	sent := 0
	require.Eventually(t, func() bool {
		if e.ConsumeTraces(t.Context(), twoProjects(sent)) != nil {
			return len(own.Observations()) > 1 // else the queue before has only been too slow
		}
		sent++
		return false
	}, 30*time.Second, time.Millisecond)
	a.Plan()
	storedSoon(t, own, sent)
	storedSoon(t, a, sent)
	once(t, own, sent)
	once(t, a, sent)
}

// TestAFullLaneHoldsUpNoShutdown has queues that let senders wait, and a project that
// stays down.
func TestAFullLaneHoldsUpNoShutdown(t *testing.T) {
	own, a, config := laneConfig(t)
	down(a)
	config.QueueConfig.Get().QueueSize, config.QueueConfig.Get().BlockOnOverflow = 4, true
	set := exportertest.NewNopSettings(metadata.Type)
	core, logs := observer.New(zapcore.ErrorLevel)
	set.Logger = zap.New(core)
	e, err := NewFactory().CreateTraces(t.Context(), set, config)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	ctx, cancel := context.WithCancel(t.Context())
	var sender sync.WaitGroup
	sender.Go(func() {
		for i := range 100 {
			if e.ConsumeTraces(ctx, twoProjects(i)) != nil {
				return
			}
		}
	})
	storedSoon(t, own, 2)
	require.Eventually(t, func() bool { return logs.FilterFieldKey("rejected_items").Len() > 0 }, 30*time.Second, time.Millisecond, "the lane is not full")
	cancel()
	sender.Wait()
	stopped := make(chan error, 1)
	go func() { stopped <- e.Shutdown(context.Background()) }()
	select {
	case err := <-stopped:
		require.NoError(t, err)
	case <-time.After(30 * time.Second):
		require.Fail(t, "the shutdown waits for the lane")
	}
}

// TestTheLaneIsOnDiskToo stops while a project is down: what waits for it is sent
// after the next start, and what others have is not sent again.
func TestTheLaneIsOnDiskToo(t *testing.T) {
	own, a, config := laneConfig(t)
	down(a)
	id := component.MustNewID("file_storage")
	config.QueueConfig.Get().StorageID = &id
	dir := t.TempDir()
	run := func(sent func(exporter.Traces)) {
		host, end := storagetest.Start(t, dir)
		set := exportertest.NewNopSettings(metadata.Type)
		set.ID = component.NewID(metadata.Type)
		e, err := NewFactory().CreateTraces(t.Context(), set, config)
		require.NoError(t, err)
		require.NoError(t, e.Start(t.Context(), host))
		sent(e)
		require.NoError(t, e.Shutdown(context.Background()))
		end()
	}
	const batches = 5
	run(func(e exporter.Traces) {
		for i := range batches {
			require.NoError(t, e.ConsumeTraces(t.Context(), twoProjects(i)))
		}
		storedSoon(t, own, batches)
	})
	assert.Empty(t, a.Observations())
	a.Plan()
	run(func(exporter.Traces) { storedSoon(t, a, batches) })
	once(t, own, batches)
	once(t, a, batches)
}

// TestALaneWaitsAsLongAsItsServerAsks: the server is asked once, and then not before
// its time.
func TestALaneWaitsAsLongAsItsServerAsks(t *testing.T) {
	own, a, config := laneConfig(t)
	a.Plan(langfusetest.RateLimited(1))
	e := started(t, config)
	begin := time.Now()
	for i := range 5 {
		require.NoError(t, e.ConsumeTraces(t.Context(), twoProjects(i)))
	}
	storedSoon(t, own, 5)
	storedSoon(t, a, 5)
	assert.GreaterOrEqual(t, time.Since(begin), time.Second)
	once(t, a, 5)
	refused := 0
	for _, r := range a.TraceRequests() {
		if r.Status == 429 {
			refused++
		}
	}
	assert.Equal(t, 1, refused)
}

// TestWhoHasALane: where somebody waits for the answer, or nothing is sent again,
// or there is one project, there is nothing to put aside.
func TestWhoHasALane(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Config)
		want   bool
	}{
		"projects":    {func(*Config) {}, true},
		"one project": {func(c *Config) { c.Projects, c.Routing = nil, RoutingConfig{} }, false},
		"no queue":    {func(c *Config) { c.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]() }, false},
		"wait for it": {func(c *Config) { c.QueueConfig.Get().WaitForResult = true }, false},
		"no retry":    {func(c *Config) { c.RetryConfig.Enabled = false }, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, config := laneConfig(t)
			test.change(config)
			assert.Equal(t, test.want, config.hasLanes())
		})
	}
}

func TestTheGateOfALane(t *testing.T) {
	now := time.Now()
	l := &lane{pause: time.Second}
	assert.NoError(t, l.gate(now))
	assert.NoError(t, l.failure())
	failure := &answerError{status: 503, words: "Service Unavailable"}
	l.note(failure, now)
	assert.Error(t, l.failure())
	err := l.gate(now.Add(900 * time.Millisecond))
	require.ErrorContains(t, err, "Service Unavailable")
	require.ErrorIs(t, err, failure)
	assert.ErrorContains(t, err, "100ms")
	assert.NoError(t, l.gate(now.Add(time.Second)))
	assert.Error(t, l.failure(), "until something has passed")
	l.note(&answerError{status: 429, retryAfter: time.Minute}, now)
	assert.Error(t, l.gate(now.Add(59*time.Second)))
	assert.NotContains(t, throttled(l.gate(now.Add(59*time.Second))).Error(), "Throttle (1m0s)", "the rest of the minute, not another one")
	l.closed.Store(nil)
	assert.NoError(t, l.gate(now))
	l.note(errors.New("cannot be reached"), now)
	assert.Error(t, l.gate(now))
	l.note(nil, now)
	assert.NoError(t, l.gate(now))
	assert.NoError(t, l.failure())
	var none *lane
	assert.NoError(t, none.failure())
	assert.NoError(t, none.gate(now))
	assert.False(t, none.take(t.Context(), ptrace.NewTraces()))
}

// TestSpansThatFitInNoLaneAreSent has a span whose events become observations, more
// than the lane can ever hold: once its server is back it is sent past the lane.
func TestSpansThatFitInNoLaneAreSent(t *testing.T) {
	_, a, config := laneConfig(t)
	a.Plan(langfusetest.Step{Status: 503})
	config.QueueConfig.Get().QueueSize = 4
	config.Mapping.SpanEvents = mapping.EventsObservations
	e := started(t, config)
	b := newBatch("test")
	span := b.spanOf(1, 1, 0, "a", chat(map[string]any{"project": "a"}))
	const events = 5
	for range events {
		span.Events().AppendEmpty().SetName("step")
	}
	require.NoError(t, e.ConsumeTraces(t.Context(), b.traces))
	storedSoon(t, a, 1+events)
	once(t, a, 1+events)
}

// TestTheStatusIsThatOfTheWorstProject has a project that takes nothing: what others
// take does not make the exporter well.
func TestTheStatusIsThatOfTheWorstProject(t *testing.T) {
	own, a, config := laneConfig(t)
	down(a)
	host := &statusHost{Host: componenttest.NewNopHost()}
	e, err := NewFactory().CreateTraces(t.Context(), exportertest.NewNopSettings(metadata.Type), config)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), host))
	t.Cleanup(func() { require.NoError(t, e.Shutdown(context.Background())) })
	const batches = 5
	for i := range batches {
		require.NoError(t, e.ConsumeTraces(t.Context(), twoProjects(i)))
		storedSoon(t, own, 2*i+1)
		b := newBatch("test")
		b.spanOf(byte(100+i), byte(100+i), 0, "own alone", chat(nil))
		require.NoError(t, e.ConsumeTraces(t.Context(), b.traces))
		storedSoon(t, own, 2*i+2)
	}
	a.Plan()
	storedSoon(t, a, batches)
	require.Eventually(t, func() bool { return len(host.statuses()) >= 2 }, 30*time.Second, time.Millisecond)
	assert.Equal(t, []componentstatus.Status{componentstatus.StatusRecoverableError, componentstatus.StatusOK}, host.statuses())
}

// TestLanesThatHaveNotStartedStop: the service stops what has not started, too.
func TestLanesThatHaveNotStartedStop(t *testing.T) {
	_, _, config := laneConfig(t)
	id := component.MustNewID("file_storage")
	config.QueueConfig.Get().StorageID = &id
	for _, start := range []bool{false, true} {
		e, err := NewFactory().CreateTraces(t.Context(), exportertest.NewNopSettings(metadata.Type), config)
		require.NoError(t, err)
		if start {
			require.ErrorContains(t, e.Start(t.Context(), componenttest.NewNopHost()), "storage")
		}
		require.NoError(t, e.Shutdown(context.Background()))
	}
}

// TestNoProjectSharesALaneWithTheExportersKeys: both would have the name default, in
// logs, metrics and storage, where one would send what waits for the other.
func TestNoProjectSharesALaneWithTheExportersKeys(t *testing.T) {
	_, _, config := laneConfig(t)
	config.Projects["default"] = config.Projects["b"]
	require.ErrorContains(t, config.Validate(), `projects: "default" cannot be the name of a project`)
	config.Keys = KeysConfig{}
	config.Routing.Default = "default"
	require.NoError(t, config.Validate())
	e := started(t, config)
	require.NoError(t, e.ConsumeTraces(t.Context(), twoProjects(0)))
}
