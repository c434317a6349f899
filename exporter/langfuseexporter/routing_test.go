package langfuseexporter

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// projectsConfig has projects a and b beside the exporter's own.
func projectsConfig(t *testing.T, change func(*Config)) (*langfusetest.Server, *Config) {
	t.Helper()
	s := newServer(t, langfusetest.Options{Keys: []langfusetest.Key{
		{Public: "pk-lf-a", Secret: "sk-lf-a", Project: "a"}, {Public: "pk-lf-b", Secret: "sk-lf-b", Project: "b"},
	}})
	c := testConfig(s)
	c.Projects = map[string]ProjectConfig{
		"a": {Keys: KeysConfig{PublicKey: "pk-lf-a", SecretKey: "sk-lf-a"}},
		"b": {Keys: KeysConfig{APIKey: "pk-lf-b:sk-lf-b"}},
	}
	c.Routing.From = []RoutingSource{{Span: "project"}, {Scope: "public_key"}, {Resource: "langfuse.project"}, {Metadata: "x-project"}}
	if change != nil {
		change(c)
	}
	return s, c
}

func TestEachTraceGoesToItsProject(t *testing.T) {
	s, config := projectsConfig(t, nil)
	e := started(t, config)
	b := newBatch("test")
	b.spanOf(1, 1, 0, "own", chat(nil))
	b.spanOf(2, 2, 0, "span a", chat(map[string]any{"project": "a"}))
	b.spanOf(2, 3, 2, "child of a", chat(nil))
	b.spanOf(3, 4, 0, "nobody's", chat(map[string]any{"project": "unknown"}))
	b.scope("langfuse-sdk").ss.Scope().Attributes().PutStr("public_key", "pk-lf-b")
	b.spanOf(4, 5, 0, "scope b", map[string]any{"langfuse.observation.type": "span"})
	require.NoError(t, e.ConsumeTraces(t.Context(), b.traces))
	r := newBatch("test")
	r.rs.Resource().Attributes().PutStr("langfuse.project", "b")
	r.spanOf(5, 6, 0, "resource b", chat(nil))
	require.NoError(t, e.ConsumeTraces(t.Context(), r.traces))
	m := newBatch("test")
	m.spanOf(6, 7, 0, "metadata a", chat(nil))
	ctx := client.NewContext(t.Context(), client.Info{Metadata: client.NewMetadata(map[string][]string{"X-Project": {"a"}})})
	require.NoError(t, e.ConsumeTraces(ctx, m.traces))

	assert.Equal(t, []string{"own", "nobody's"}, names(s.Project("one")))
	assert.Equal(t, []string{"span a", "child of a", "metadata a"}, names(s.Project("a")))
	assert.Equal(t, []string{"scope b", "resource b"}, names(s.Project("b")))
	for _, o := range s.Observations() {
		if o.Name == "nobody's" {
			assert.Equal(t, "unknown", o.Attributes["project"], "what names no project says something else")
			continue
		}
		assert.NotContains(t, o.Attributes, "project", "the attribute has done its work")
		assert.NotContains(t, o.Resource, "langfuse.project")
	}

	// A later batch of a trace goes where the trace went.
	late := newBatch("test")
	late.spanOf(2, 8, 3, "late child of a", chat(nil))
	require.NoError(t, e.ConsumeTraces(t.Context(), late.traces))
	assert.Contains(t, names(s.Project("a")), "late child of a")
}

func TestASpanThatNamesAnotherProjectGoesThere(t *testing.T) {
	s, config := projectsConfig(t, func(c *Config) { c.Routing.RemoveAttribute = false })
	b := newBatch("test")
	b.span(1, 2, "first", chat(map[string]any{"project": "b"}))
	b.span(2, 0, "root", chat(map[string]any{"project": "a"}))
	b.span(3, 2, "other", chat(nil))
	require.NoError(t, started(t, config).ConsumeTraces(t.Context(), b.traces))
	assert.Equal(t, []string{"root", "other"}, names(s.Project("a")))
	assert.Equal(t, []string{"first"}, names(s.Project("b")))
	assert.Contains(t, s.Project("a")[0].Attributes, "project")
}

// TestAKeyOfTwoServersNamesNoProject: self-hosted servers are often set up with the
// same keys. Names still tell their projects apart.
func TestAKeyOfTwoServersNamesNoProject(t *testing.T) {
	other := langfusetest.New(t, langfusetest.Options{Keys: []langfusetest.Key{{Public: "pk-lf-a", Secret: "sk-lf-a", Project: "c"}}})
	s, config := projectsConfig(t, func(c *Config) {
		c.Projects["c"] = ProjectConfig{Keys: KeysConfig{PublicKey: "pk-lf-a", SecretKey: "sk-lf-a"}, Endpoint: other.URL}
		c.Projects["d"] = ProjectConfig{Keys: KeysConfig{APIKey: "pk-lf-b:sk-lf-b"}} // b once more
	})
	b := newBatch("test")
	for i, name := range []string{"a", "c", "pk-lf-a", "pk-lf-b"} {
		b.spanOf(byte(i+1), byte(i+1), 0, name, chat(map[string]any{"project": name}))
	}
	require.NoError(t, started(t, config).ConsumeTraces(t.Context(), b.traces))
	assert.Equal(t, []string{"a"}, names(s.Project("a")))
	assert.Equal(t, []string{"c"}, names(other.Observations()))
	assert.Equal(t, []string{"pk-lf-a"}, names(s.Project("one")))
	assert.Equal(t, []string{"pk-lf-b"}, names(s.Project("b")))
}

func TestWhatNamesNoProject(t *testing.T) {
	for name, test := range map[string]struct {
		fallback string
		project  string
	}{"drop": {routingDrop, ""}, "a project": {"b", "b"}, "the exporter's own": {"", "one"}} {
		t.Run(name, func(t *testing.T) {
			s, config := projectsConfig(t, func(c *Config) { c.Routing.Default = test.fallback })
			b := newBatch("test")
			b.spanOf(1, 1, 0, "call", chat(nil))
			require.NoError(t, started(t, config).ConsumeTraces(t.Context(), b.traces))
			if test.project == "" {
				assert.Empty(t, s.Observations())
				return
			}
			assert.Equal(t, []string{"call"}, names(s.Project(test.project)))
		})
	}
}

// TestAPartThatNamesNoProjectIsLogged, also where the rest of its batch is sent.
func TestAPartThatNamesNoProjectIsLogged(t *testing.T) {
	s, config := projectsConfig(t, func(c *Config) { c.Routing.Default = routingDrop })
	core, logs := observer.New(zapcore.DebugLevel)
	set := exportertest.NewNopSettings(metadata.Type)
	set.Logger = zap.New(core)
	b := newBatch("test")
	b.spanOf(1, 1, 0, "call", chat(nil))
	b.spanOf(2, 2, 0, "call of a", chat(map[string]any{"project": "a"}))
	require.NoError(t, startedWith(t, config, set).ConsumeTraces(t.Context(), b.traces))
	assert.Equal(t, []string{"call of a"}, names(s.Project("a")))
	said := logs.FilterMessageSnippet("routing::default is drop").All()
	require.Len(t, said, 1)
	assert.EqualValues(t, 1, said[0].ContextMap()["spans"])
}

// TestOneProjectsFailureIsNoOthers: what failed is sent again, to its own
// project.
func TestOneProjectsFailureIsNoOthers(t *testing.T) {
	s, config := projectsConfig(t, func(c *Config) {
		c.RetryConfig = quick()
		c.Projects["a"] = ProjectConfig{Keys: KeysConfig{PublicKey: "pk-lf-a", SecretKey: "sk-lf-wrong"}}
	})
	s.Plan(langfusetest.Step{Status: 500}, langfusetest.Step{}, langfusetest.Step{Status: 503})
	b := newBatch("test")
	b.spanOf(1, 1, 0, "own", chat(nil))
	b.spanOf(2, 2, 0, "a", chat(map[string]any{"project": "a"}))
	b.spanOf(3, 3, 0, "b", chat(map[string]any{"project": "b"}))
	require.NoError(t, started(t, config).ConsumeTraces(context.Background(), b.traces))
	assert.Equal(t, []string{"own"}, names(s.Project("one")))
	assert.Empty(t, s.Project("a"), "its keys are wrong")
	assert.Equal(t, []string{"b"}, names(s.Project("b")))
}

// TestAServiceOfAnotherProject has a trace of two services whose projects may be
// of two tenants.
func TestAServiceOfAnotherProject(t *testing.T) {
	for name, order := range map[string][]int{"as they begin": {0, 1, 2, 3}, "as they end": {3, 2, 1, 0}} {
		t.Run(name, func(t *testing.T) { testServices(t, order) })
	}
}

func testServices(t *testing.T, order []int) {
	t.Helper()
	s, config := projectsConfig(t, nil)
	b := newBatch("test")
	b.span(1, 0, "shop", chat(map[string]any{
		"project": "a", "user.id": "tenant", "session.id": "s", "langfuse.trace.metadata.contract": "secret", "langfuse.trace.tags": []any{"vip"},
	}))
	b.span(2, 1, "search", chat(map[string]any{"project": "b", "langfuse.trace.metadata.shard": "7"}))
	b.span(3, 2, "rank", chat(map[string]any{"project": "b"}))
	b.span(4, 3, "answer", chat(nil))
	sent := newBatch("test")
	for _, i := range order {
		b.ss.Spans().At(i).CopyTo(sent.ss.Spans().AppendEmpty())
	}
	require.NoError(t, started(t, config).ConsumeTraces(t.Context(), sent.traces))
	stored := byName(t, s.Project("b"))
	require.Len(t, stored, 2)
	for _, o := range stored {
		assert.Equal(t, []any{"", "", nil, "7"}, []any{o.UserID, o.SessionID, o.Metadata["contract"], o.Metadata["shard"]}, o.Name)
		assert.Empty(t, o.Tags)
		assert.NotContains(t, fmt.Sprint(o.Attributes), "secret")
	}
	assert.Equal(t, []any{true, "", spanID(1).String()}, []any{stored["search"].Root, stored["search"].ParentID, stored["search"].Metadata["original_parent_span_id"]})
	assert.Equal(t, []any{false, spanID(2).String()}, []any{stored["rank"].Root, stored["rank"].ParentID})
	stored = byName(t, s.Project("a"))
	assert.Equal(t, spanID(1).String(), stored["answer"].ParentID, "past the spans of the other project")
	assert.Equal(t, []any{"tenant", "secret", nil}, []any{stored["answer"].UserID, stored["answer"].Metadata["contract"], stored["answer"].Metadata["shard"]})
}

// TestAServiceOfAnotherProjectWithoutTheRoot is the same where the batch has not
// the whole trace.
func TestAServiceOfAnotherProjectWithoutTheRoot(t *testing.T) {
	s, config := projectsConfig(t, nil)
	b := newBatch("test")
	b.span(3, 2, "shop", chat(map[string]any{"project": "a", "user.id": "tenant"}))
	b.span(4, 3, "search", chat(map[string]any{"project": "b"}))
	e := started(t, config)
	require.NoError(t, e.ConsumeTraces(t.Context(), b.traces))
	o := s.Project("b")[0]
	assert.Equal(t, []any{true, "", ""}, []any{o.Root, o.ParentID, o.UserID})
	// Nor does it come out of what is remembered.
	late := newBatch("test")
	late.span(5, 4, "late", chat(map[string]any{"project": "b"}))
	late.span(6, 3, "at home", chat(nil))
	require.NoError(t, e.ConsumeTraces(t.Context(), late.traces))
	assert.Empty(t, byName(t, s.Project("b"))["late"].UserID)
	assert.Equal(t, "tenant", byName(t, s.Project("a"))["at home"].UserID)
}

// TestATraceWhoseRootNamesItsProjectLate has fields in memory that another project
// was told.
func TestATraceWhoseRootNamesItsProjectLate(t *testing.T) {
	s, config := projectsConfig(t, nil)
	e := started(t, config)
	for _, span := range []struct {
		id, parent byte
		name       string
		attributes map[string]any
	}{
		{2, 1, "early", map[string]any{"user.id": "of one"}},
		{1, 0, "root", map[string]any{"project": "a", "session.id": "of a"}},
		{3, 1, "late", nil},
	} {
		b := newBatch("test")
		b.span(span.id, span.parent, span.name, chat(span.attributes))
		require.NoError(t, e.ConsumeTraces(t.Context(), b.traces))
	}
	assert.Equal(t, []string{"early"}, names(s.Project("one")))
	stored := byName(t, s.Project("a"))
	assert.Equal(t, []any{"", "of a"}, []any{stored["root"].UserID, stored["root"].SessionID})
	assert.Equal(t, []any{"", "of a"}, []any{stored["late"].UserID, stored["late"].SessionID})
}
