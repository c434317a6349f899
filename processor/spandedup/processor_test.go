package spandedup

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/otelcol-llm/otelcol-llm/processor/spandedup/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/processor/spandedup/internal/metadatatest"
)

func start(t *testing.T, tel *componenttest.Telemetry, change func(*Config), next consumer.Traces) *spanDedup {
	t.Helper()
	config := createDefaultConfig().(*Config)
	if change != nil {
		change(config)
	}
	set := processortest.NewNopSettings(metadata.Type)
	if tel != nil {
		set.TelemetrySettings = tel.NewTelemetrySettings()
	}
	set.ID = component.NewID(metadata.Type)
	p, err := newProcessor(set, config, next)
	require.NoError(t, err)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { assert.NoError(t, p.Shutdown(context.Background())) })
	return p
}

// id are the attributes of the self-metrics.
var id = attribute.NewSet(attribute.String("processor", metadata.Type.String()))

// spans makes the spans with some numbers, two to a scope, two scopes to a
// resource.
func spans(numbers ...int) ptrace.Traces {
	traces := ptrace.NewTraces()
	for i, n := range numbers {
		if i%4 == 0 {
			resource := traces.ResourceSpans().AppendEmpty()
			resource.Resource().Attributes().PutInt("of", int64(i/4))
			resource.SetSchemaUrl("resource")
		}
		resource := traces.ResourceSpans().At(i / 4)
		if i%2 == 0 {
			scope := resource.ScopeSpans().AppendEmpty()
			scope.Scope().SetName("scope")
			scope.SetSchemaUrl("scope")
		}
		span := resource.ScopeSpans().At(i % 4 / 2).Spans().AppendEmpty()
		span.SetTraceID(pcommon.TraceID{1})
		var id pcommon.SpanID
		binary.BigEndian.PutUint64(id[:], uint64(n))
		span.SetSpanID(id)
		span.Attributes().PutInt("n", int64(n))
	}
	return traces
}

// came is how often each number has.
func came(sink *consumertest.TracesSink) map[int]int {
	found := map[int]int{}
	for _, traces := range sink.AllTraces() {
		for _, resource := range traces.ResourceSpans().All() {
			for _, scope := range resource.ScopeSpans().All() {
				for _, span := range scope.Spans().All() {
					n, _ := span.Attributes().Get("n")
					found[int(n.Int())]++
				}
			}
		}
	}
	return found
}

func TestASpanThatComesAgainIsNotPassedOn(t *testing.T) {
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { assert.NoError(t, tel.Shutdown(context.Background())) })
	var sink consumertest.TracesSink
	p := start(t, tel, nil, &sink)
	first := spans(1, 2, 3, 4, 5)
	first.MarkReadOnly() // as the fan-out does for who does not change it
	require.NoError(t, p.ConsumeTraces(t.Context(), first))
	require.Len(t, sink.AllTraces(), 1)
	assert.Equal(t, first, sink.AllTraces()[0], "what is new is passed on as it came")

	require.NoError(t, p.ConsumeTraces(t.Context(), spans(1, 2, 3, 4, 5)))
	assert.Len(t, sink.AllTraces(), 1, "nothing of nothing is passed on")

	part := spans(1, 2, 3, 6, 5, 4, 7, 3)
	part.MarkReadOnly()
	require.NoError(t, p.ConsumeTraces(t.Context(), part))
	assert.Equal(t, map[int]int{1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1}, came(&sink))
	assert.Equal(t, 8, part.SpanCount(), "the batch belongs to others too")

	metadatatest.AssertEqualProcessorSpanDedupResentSpans(t, tel, []metricdata.DataPoint[int64]{{Attributes: id, Value: 11}}, metricdatatest.IgnoreTimestamp())
	metadatatest.AssertEqualProcessorSpanDedupRememberedSpans(t, tel, []metricdata.DataPoint[int64]{{Attributes: id, Value: 7}}, metricdatatest.IgnoreTimestamp())
	metadatatest.AssertEqualProcessorSpanDedupForgottenSpans(t, tel, []metricdata.DataPoint[int64]{{Attributes: id, Value: 0}}, metricdatatest.IgnoreTimestamp())
}

// TestWhatIsLeftKeepsItsPlace: resource, scope and their schemas stay with spans.
func TestWhatIsLeftKeepsItsPlace(t *testing.T) {
	var sink consumertest.TracesSink
	p := start(t, nil, nil, &sink)
	require.NoError(t, p.ConsumeTraces(t.Context(), spans(1, 2, 3, 4, 5, 6)))
	require.NoError(t, p.ConsumeTraces(t.Context(), spans(1, 2, 3, 4, 5, 7, 8, 9, 1, 2)))
	want := spans(1, 2, 3, 4, 5, 7, 8, 9)
	want.ResourceSpans().RemoveIf(func(resource ptrace.ResourceSpans) bool {
		of, _ := resource.Resource().Attributes().Get("of")
		return of.Int() == 0
	})
	want.ResourceSpans().At(0).ScopeSpans().At(0).Spans().RemoveIf(func(span ptrace.Span) bool { n, _ := span.Attributes().Get("n"); return n.Int() == 5 })
	assert.Equal(t, want, sink.AllTraces()[1])
}

// TestWithoutAnIDNothingIsTheSame: what cannot be told apart is passed on.
func TestWithoutAnIDNothingIsTheSame(t *testing.T) {
	var sink consumertest.TracesSink
	p := start(t, nil, nil, &sink)
	for range 2 {
		traces := spans(1, 0, 2)
		traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetTraceID(pcommon.TraceID{})
		require.NoError(t, p.ConsumeTraces(t.Context(), traces))
	}
	assert.Equal(t, map[int]int{0: 2, 1: 2, 2: 1}, came(&sink))
}

// refusing fails until it is told not to.
type refusing struct {
	consumertest.TracesSink
	refuse bool
}

func (r *refusing) ConsumeTraces(ctx context.Context, traces ptrace.Traces) error {
	if r.refuse {
		return errors.New("no")
	}
	return r.TracesSink.ConsumeTraces(ctx, traces)
}

func TestWhatWasNotTakenIsNewWhenItComesAgain(t *testing.T) {
	next := &refusing{}
	p := start(t, nil, nil, next)
	require.NoError(t, p.ConsumeTraces(t.Context(), spans(1, 2)))
	next.refuse = true
	require.Error(t, p.ConsumeTraces(t.Context(), spans(1, 2, 3)))
	next.refuse = false
	require.NoError(t, p.ConsumeTraces(t.Context(), spans(1, 2, 3)))
	assert.Equal(t, map[int]int{1: 1, 2: 1, 3: 1}, came(&next.TracesSink))
}

// holding keeps requests until it is told what becomes of those with some number of
// spans.
type holding struct {
	consumertest.TracesSink
	came    chan int // spans of a request
	answers map[int]chan error
}

func newHolding() *holding {
	return &holding{came: make(chan int, 10), answers: map[int]chan error{1: make(chan error, 1), 2: make(chan error, 1)}}
}

func (h *holding) ConsumeTraces(ctx context.Context, traces ptrace.Traces) error {
	h.came <- traces.SpanCount()
	if err := <-h.answers[traces.SpanCount()]; err != nil {
		return err
	}
	return h.TracesSink.ConsumeTraces(ctx, traces)
}

// TestASecondRequestHasTheEndOfTheFirst: a client that has waited for too long sends
// again while its first request is under way. It may be told that its spans are taken
// when they are; if they are not, it has to send them a third time.
func TestASecondRequestHasTheEndOfTheFirst(t *testing.T) {
	for _, answer := range []error{errors.New("no"), nil} {
		next := newHolding()
		p := start(t, nil, nil, next)
		first, second := make(chan error, 1), make(chan error, 1)
		go func() { first <- p.ConsumeTraces(context.Background(), spans(1, 2)) }()
		require.Equal(t, 2, <-next.came)
		go func() { second <- p.ConsumeTraces(context.Background(), spans(1, 2, 3)) }()
		require.Equal(t, 1, <-next.came, "what is new goes on meanwhile")
		next.answers[1] <- nil
		require.Eventually(t, func() bool { return p.memory.Len() == 1 }, 10*time.Second, time.Millisecond)
		select {
		case err := <-second:
			t.Fatalf("answered %v before its spans were taken", err)
		default:
		}
		next.answers[2] <- answer
		assert.Equal(t, answer, <-first)
		assert.Equal(t, answer, <-second)

		if answer != nil {
			next.answers[2] <- nil
			require.NoError(t, p.ConsumeTraces(t.Context(), spans(1, 2, 3)))
		}
		assert.Equal(t, map[int]int{1: 1, 2: 1, 3: 1}, came(&next.TracesSink))
	}
}

// TestAClientThatIsGoneIsNotWaitedFor: a request ends with its client.
func TestAClientThatIsGoneIsNotWaitedFor(t *testing.T) {
	next := newHolding()
	p := start(t, nil, nil, next)
	first := make(chan error, 1)
	go func() { first <- p.ConsumeTraces(context.Background(), spans(1)) }()
	<-next.came
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, p.ConsumeTraces(gone, spans(1)), context.Canceled)
	next.answers[1] <- nil
	assert.NoError(t, <-first)
}

// TestOneOfManyRequestsIsCounted: a client sends again while its first request is
// still under way.
func TestOneOfManyRequestsIsCounted(t *testing.T) {
	var sink consumertest.TracesSink
	p := start(t, nil, nil, &sink)
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for n := range 100 {
				assert.NoError(t, p.ConsumeTraces(context.Background(), spans(3*n+1, 3*n+2, 3*n+3)))
			}
		})
	}
	clients.Wait()
	assert.Equal(t, 300, sink.SpanCount())
	assert.Len(t, came(&sink), 300)
}

func TestTheMemoryIsAsLargeAsConfigured(t *testing.T) {
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { assert.NoError(t, tel.Shutdown(context.Background())) })
	var sink consumertest.TracesSink
	p := start(t, tel, func(c *Config) { c.MaxSpans = 4 }, &sink)
	for n := range 10 {
		require.NoError(t, p.ConsumeTraces(t.Context(), spans(n+1)))
	}
	require.NoError(t, p.ConsumeTraces(t.Context(), spans(1, 10)))
	assert.Equal(t, 2, came(&sink)[1])
	assert.Equal(t, 1, came(&sink)[10])
	metadatatest.AssertEqualProcessorSpanDedupForgottenSpans(t, tel, []metricdata.DataPoint[int64]{{Attributes: id, Value: 8}}, metricdatatest.IgnoreTimestamp())
}

func TestConfigurationErrorsNameTheKey(t *testing.T) {
	assert.NoError(t, createDefaultConfig().(*Config).Validate())
	err := (&Config{MaxSpans: 1, Window: -time.Second}).Validate()
	assert.ErrorContains(t, err, "max_spans: is 1")
	assert.ErrorContains(t, err, "window: is -1s")
}
