package langfusetest

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

// stored sends one span in both encodings and returns how it is stored, and
// the violations of the first.
func stored(t *testing.T, options Options, attributes map[string]any, change func(ptrace.ResourceSpans)) (*Observation, []string) {
	t.Helper()
	traces := one()
	rs := traces.ResourceSpans().At(0)
	require.NoError(t, rs.ScopeSpans().At(0).Spans().At(0).Attributes().FromRaw(attributes))
	if change != nil {
		change(rs)
	}
	options.Keys, options.Lax = []Key{key}, true
	var first *Observation
	var violations []string
	request := ptraceotlp.NewExportRequestFromTraces(traces)
	for _, contentType := range []string{"application/x-protobuf", "application/json"} {
		s := New(t, options)
		raw := proto(t, traces)
		if contentType == "application/json" {
			var err error
			raw, err = request.MarshalJSON()
			require.NoError(t, err)
		}
		header := map[string]string{"Authorization": basic(key.Public, key.Secret), "Content-Type": contentType}
		status, _, body := call(t, http.MethodPost, s.URL+tracesPath, header, raw)
		require.Equal(t, http.StatusOK, status, body)
		require.Len(t, s.Observations(), 1)
		got := s.Observations()[0]
		got.fingerprint = ""
		if first == nil {
			first, violations = got, s.Violations()
			continue
		}
		assert.Equal(t, first, got, "both encodings are stored alike")
	}
	return first, violations
}

func TestWhatPlainAttributesBecome(t *testing.T) {
	t.Run("structured messages are mangled", func(t *testing.T) {
		o, violations := stored(t, Options{}, map[string]any{
			"gen_ai.operation.name": "chat",
			"gen_ai.input.messages": []any{map[string]any{"role": "user", "parts": []any{}}},
		}, nil)
		assert.Equal(t, "GENERATION", o.Type)
		assert.Contains(t, o.InputText(), "kvlistValue")
		assert.NotEmpty(t, violations)
	})
	t.Run("tool calls in parts are not extracted, those in tool_calls are", func(t *testing.T) {
		parts, _ := stored(t, Options{}, map[string]any{
			"gen_ai.output.messages": `[{"role":"assistant","parts":[{"type":"tool_call","name":"find","id":"1"}]}]`,
		}, nil)
		assert.Empty(t, parts.ToolCalls)
		calls, _ := stored(t, Options{}, map[string]any{
			"langfuse.observation.output": `{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"find","arguments":"{}"}}]}`,
		}, nil)
		assert.Equal(t, []ToolCall{{"1", "find", "{}"}}, calls.ToolCalls)
	})
	t.Run("an empty list becomes a tag", func(t *testing.T) {
		o, violations := stored(t, Options{}, map[string]any{"langfuse.trace.tags": []any{}}, nil)
		assert.Equal(t, []string{`{"arrayValue":{}}`}, o.Tags)
		assert.NotEmpty(t, violations)
	})
	t.Run("one of input and output silences other sources", func(t *testing.T) {
		o, _ := stored(t, Options{}, map[string]any{"langfuse.observation.input": "in", "gen_ai.output.messages": "[]"}, nil)
		assert.Equal(t, "in", o.InputText())
		assert.Empty(t, o.OutputText())
	})
	t.Run("the Vercel AI SDK is known by its scope only", func(t *testing.T) {
		attributes := map[string]any{"ai.prompt": "in", "ai.response.text": "out"}
		o, _ := stored(t, Options{}, attributes, func(rs ptrace.ResourceSpans) { rs.ScopeSpans().At(0).Scope().SetName("ai") })
		assert.Equal(t, "in", o.InputText())
		assert.Equal(t, "out", o.OutputText())
		o, _ = stored(t, Options{}, attributes, nil)
		assert.Nil(t, o.Input)
	})
	t.Run("the environment has no other characters", func(t *testing.T) {
		for stated, want := range map[string]string{"Prod EU": "default", "PROD": "prod", "langfuse-x": "x", "langfuse_langfuse-y": "y", "langfuse": "default", "prod.eu": "default"} {
			o, _ := stored(t, Options{}, map[string]any{"langfuse.environment": stated}, nil)
			assert.Equal(t, want, o.Environment, stated)
		}
	})
	t.Run("a plain model makes a generation of a database span", func(t *testing.T) {
		o, _ := stored(t, Options{}, map[string]any{"db.system": "postgresql", "model": "User"}, nil)
		assert.Equal(t, "GENERATION", o.Type)
	})
	t.Run("an exception is no status message", func(t *testing.T) {
		o, _ := stored(t, Options{}, nil, func(rs ptrace.ResourceSpans) {
			span := rs.ScopeSpans().At(0).Spans().At(0)
			span.Status().SetCode(ptrace.StatusCodeError)
			span.Events().AppendEmpty().SetName("exception")
		})
		assert.Equal(t, "ERROR", o.Level)
		assert.Empty(t, o.StatusMessage)
	})
	t.Run("metadata of a prefix can be filtered by, others cannot", func(t *testing.T) {
		o, _ := stored(t, Options{}, map[string]any{"langfuse.trace.metadata.team": "a", "gen_ai.agent.name": "b"}, nil)
		assert.Equal(t, map[string]any{"team": "a"}, o.Metadata)
		assert.Equal(t, map[string]any{"gen_ai.agent.name": "b"}, o.Attributes)
	})
	t.Run("roots", func(t *testing.T) {
		withParent := func(rs ptrace.ResourceSpans) { rs.ScopeSpans().At(0).Spans().At(0).SetParentSpanID([8]byte{9}) }
		o, _ := stored(t, Options{}, nil, withParent)
		assert.False(t, o.Root)
		o, _ = stored(t, Options{}, map[string]any{"langfuse.internal.is_app_root": true}, withParent)
		assert.True(t, o.Root)
		assert.False(t, o.LegacyRoot)
	})
	t.Run("agents have neither usage nor cost", func(t *testing.T) {
		attributes := map[string]any{
			"gen_ai.operation.name": "invoke_agent", "langfuse.observation.usage_details": `{"input":1,"output":1,"total":2}`,
			"langfuse.observation.cost_details": `{"total":1}`, "gen_ai.request.model": "gpt-4o",
		}
		o, _ := stored(t, Options{}, attributes, nil)
		assert.Empty(t, o.Usage)
		assert.Empty(t, o.Cost)
		assert.Empty(t, o.Model)
		o, _ = stored(t, Options{Version: "3.200.0"}, attributes, nil)
		assert.Equal(t, map[string]int64{"input": 1, "output": 1, "total": 2}, o.Usage)
	})
}

func TestUsageAndCostRules(t *testing.T) {
	t.Run("generic usage by version", func(t *testing.T) {
		attributes := map[string]any{
			"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.cache_read.input_tokens": 400, "gen_ai.usage.output_tokens": 300,
			"gen_ai.usage.reasoning.output_tokens": 50,
		}
		o, _ := stored(t, Options{}, attributes, nil)
		assert.Equal(t, map[string]int64{"input": 600, "input_cached_tokens": 400, "output": 250, "output_reasoning_tokens": 50, "total": 1300}, o.Usage)
		o, _ = stored(t, Options{Version: "3.167.0"}, attributes, nil)
		assert.EqualValues(t, 1750, o.Usage["total"], "counted twice")
	})
	t.Run("OpenAI's own forms, and nothing else in them", func(t *testing.T) {
		const form = `"prompt_tokens":1000,"completion_tokens":300,"total_tokens":1300,"prompt_tokens_details":{"cached_tokens":400,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":50}`
		o, _ := stored(t, Options{}, map[string]any{"langfuse.observation.usage_details": "{" + form + "}"}, nil)
		assert.Equal(t, map[string]int64{"input": 600, "input_cached_tokens": 400, "input_audio_tokens": 0, "output": 250, "output_reasoning_tokens": 50, "total": 1300}, o.Usage)
		o, _ = stored(t, Options{}, map[string]any{"langfuse.observation.usage_details": `{"input_tokens":7,"output_tokens":3,"total_tokens":10,"input_tokens_details":{"cached_tokens":2}}`}, nil)
		assert.Equal(t, map[string]int64{"input": 5, "input_cached_tokens": 2, "output": 3, "total": 10}, o.Usage)
		o, _ = stored(t, Options{}, map[string]any{"langfuse.observation.usage_details": `{"prompt_tokens":1000,"completion_tokens":300,"total_tokens":1300,"more":1}`}, nil)
		assert.Equal(t, map[string]int64{"prompt_tokens": 1000, "completion_tokens": 300, "total_tokens": 1300, "more": 1, "total": 2601}, o.Usage)
	})
	t.Run("the worked example comes back unchanged", func(t *testing.T) {
		o, violations := stored(t, Options{}, map[string]any{
			"langfuse.observation.usage_details": `{"input":600,"input_cached_tokens":400,"output":300,"total":1300}`,
			"langfuse.observation.cost_details":  `{"input":0.0015,"input_cached_tokens":0.0005,"output":0.003,"total":0.005}`,
		}, nil)
		assert.Empty(t, violations)
		assert.EqualValues(t, 1300, o.Usage["total"])
		assert.InDelta(t, 0.005, o.TotalCost, 1e-12)
	})
	for name, c := range map[string]struct {
		attributes map[string]any
		violation  string
	}{
		"cost without total":            {map[string]any{"langfuse.observation.cost_details": `{"input":1,"input_cached_tokens":1}`}, "no total"},
		"cost as text":                  {map[string]any{"gen_ai.usage.cost": "abc"}, "lost by v4"},
		"cost of a million":             {map[string]any{"gen_ai.usage.cost": 1e9}, "lost by v4"},
		"negative cost":                 {map[string]any{"gen_ai.usage.cost": -1.0}, "negative"},
		"buckets that overlap":          {map[string]any{"langfuse.observation.usage_details": `{"input":10,"input_cached_tokens":5,"total":10}`}, "buckets make 15"},
		"fractions of tokens":           {map[string]any{"langfuse.observation.usage_details": `{"input":1.5}`}, "no integer"},
		"prompt without version":        {map[string]any{"langfuse.observation.type": "generation", "langfuse.observation.prompt.name": "p"}, "do not come together"},
		"prompt version as words":       {map[string]any{"langfuse.observation.type": "generation", "langfuse.observation.prompt.name": "p", "langfuse.observation.prompt.version": "new"}, "promptVersion is no number"},
		"prompt version out of range":   {map[string]any{"langfuse.observation.type": "generation", "langfuse.observation.prompt.name": "p", "langfuse.observation.prompt.version": 70000}, "does not fit"},
		"status message as number":      {map[string]any{"langfuse.observation.status_message": 5}, "statusMessage is no string"},
		"parameters as number":          {map[string]any{"langfuse.observation.model.parameters": "7"}, "modelParameters are no object"},
		"invocation as number":          {map[string]any{"llm.invocation_parameters": "7"}, "modelParameters are no object"},
		"name as number":                {map[string]any{"ai.toolCall.name": 5}, "name is no string"},
		"version as number":             {map[string]any{"langfuse.version": 5}, "version is no string"},
		"trace name too long":           {map[string]any{"langfuse.trace.name": string(make([]byte, 1200))}, "longer than 1000"},
		"completion start without zone": {map[string]any{"langfuse.observation.completion_start_time": "2026-11-24 12:00"}, "no ISO date"},
		"bytes":                         {map[string]any{"langfuse.observation.input": []byte("x")}, "bytesValue"},
	} {
		t.Run(name, func(t *testing.T) {
			_, violations := stored(t, Options{}, c.attributes, nil)
			require.Len(t, violations, 1)
			assert.Contains(t, violations[0], c.violation)
		})
	}
	t.Run("a map on the scope", func(t *testing.T) {
		_, violations := stored(t, Options{}, nil, func(rs ptrace.ResourceSpans) {
			rs.ScopeSpans().At(0).Scope().Attributes().PutEmptyMap("map").PutStr("a", "b")
		})
		require.Len(t, violations, 1)
		assert.Contains(t, violations[0], "kvlistValue")
	})
	t.Run("prompt version as digits, by version", func(t *testing.T) {
		attributes := map[string]any{"langfuse.observation.type": "generation", "langfuse.observation.prompt.name": "p", "langfuse.observation.prompt.version": "3"}
		o, violations := stored(t, Options{}, attributes, nil)
		assert.Empty(t, violations)
		assert.Equal(t, 3, o.PromptVersion)
		_, violations = stored(t, Options{Version: "3.200.0"}, attributes, nil)
		assert.Len(t, violations, 1)
	})
	t.Run("resource version as number", func(t *testing.T) {
		_, violations := stored(t, Options{}, nil, func(rs ptrace.ResourceSpans) { rs.Resource().Attributes().PutInt("service.version", 3) })
		require.Len(t, violations, 1)
	})
}

func TestAnIDWithOtherContentIsAViolation(t *testing.T) {
	s := New(t, Options{Keys: []Key{key}, Lax: true})
	header := map[string]string{"Authorization": basic(key.Public, key.Secret), "Content-Type": "application/x-protobuf"}
	traces := one()
	span := traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
	event := span.Events().AppendEmpty()
	for _, order := range [][]string{{"a", "b"}, {"b", "a"}} {
		for _, attributes := range []pcommon.Map{span.Attributes(), event.Attributes()} {
			attributes.Clear()
			for _, key := range order {
				attributes.PutStr(key, "value of "+key)
			}
		}
		call(t, http.MethodPost, s.URL+tracesPath, header, proto(t, traces))
	}
	assert.Empty(t, s.Violations(), "the same again is a retry")
	span.SetName("other")
	call(t, http.MethodPost, s.URL+tracesPath, header, proto(t, traces))
	require.Len(t, s.Violations(), 1)
	assert.Len(t, s.Observations(), 3)
}

func TestAPublicKeyOfAnotherPairIsAViolation(t *testing.T) {
	s := New(t, Options{Keys: []Key{key}, Lax: true})
	header := map[string]string{"Authorization": basic("pk-lf-two", key.Secret), "Content-Type": "application/x-protobuf"}
	status, _, _ := call(t, http.MethodPost, s.URL+tracesPath, header, proto(t, one()))
	assert.Equal(t, http.StatusOK, status)
	assert.Len(t, s.Violations(), 1)
}
