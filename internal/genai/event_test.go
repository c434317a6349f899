package genai

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

type spanEvent struct {
	name       string
	attributes map[string]any
}

func TestMessagesOfSpanEventsHaveTheFormOfThoseInAttributes(t *testing.T) {
	const hi, done = `[{"role":"user","content":"hi"}]`, `[{"role":"assistant","content":"done"}]`
	for name, test := range map[string]struct {
		events        []spanEvent
		input, output string
	}{
		"a JSON list of messages": {
			[]spanEvent{{"gen_ai.content.prompt", map[string]any{"gen_ai.prompt": `[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}]`}}},
			`[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}]`, "",
		},
		"a JSON list of answers": {
			[]spanEvent{{"gen_ai.content.completion", map[string]any{"gen_ai.completion": done}}}, "", done,
		},
		"a list that is an attribute's own": {
			[]spanEvent{{"gen_ai.content.prompt", map[string]any{"gen_ai.prompt": []any{map[string]any{"role": "user", "content": "hi"}}}}}, hi, "",
		},
		"a request": {
			[]spanEvent{{"gen_ai.content.prompt", map[string]any{"gen_ai.prompt": `{"model":"m","messages":` + hi + `}`}}}, hi, "",
		},
		"one message as JSON": {
			[]spanEvent{{"gen_ai.content.prompt", map[string]any{"gen_ai.prompt": `{"role":"user","content":"hi"}`}}}, hi, "",
		},
		"Azure's and Semantic Kernel's content": {
			[]spanEvent{
				{"gen_ai.system.message", map[string]any{"gen_ai.system": "az.ai.inference", "gen_ai.event.content": `{"role":"system","content":"be brief"}`}},
				{"gen_ai.user.message", map[string]any{"gen_ai.event.content": `{"role":"user","content":"hi"}`}},
				{"gen_ai.choice", map[string]any{"gen_ai.event.content": `{"index":0,"message":{"role":"assistant","content":"done"},"finish_reason":"stop"}`}},
			},
			`[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}]`,
			`[{"role":"assistant","content":"done","index":0,"finish_reason":"stop"}]`,
		},
		"a choice with a message as JSON text": {
			[]spanEvent{{"gen_ai.choice", map[string]any{"index": 0, "finish_reason": "stop", "message": `{"role":"assistant","content":"done"}`}}},
			"", `[{"role":"assistant","content":"done","index":0,"finish_reason":"stop"}]`,
		},
		"a choice with tool calls": {
			[]spanEvent{{"gen_ai.choice", map[string]any{"message": `{"content":null,"tool_calls":[{"id":"c1","function":{"name":"look","arguments":"{\"at\":\"x\"}"}}]}`}}},
			"", `[{"role":"assistant","content":null,"tool_calls":[{"id":"c1","function":{"name":"look","arguments":"{\"at\":\"x\"}"}}]}]`,
		},
		"Strands' parts": {
			[]spanEvent{
				{"gen_ai.user.message", map[string]any{"content": `[{"text":"hi"}]`}},
				{"gen_ai.choice", map[string]any{"finish_reason": "end_turn", "message": `[{"text":"done"}]`}},
			},
			`[{"role":"user","content":[{"text":"hi"}]}]`, `[{"role":"assistant","content":[{"text":"done"}],"finish_reason":"end_turn"}]`,
		},
		"Strands' result of a tool": {
			[]spanEvent{
				{"gen_ai.tool.message", map[string]any{"role": "tool", "content": `{"city":"Oslo"}`, "id": "t1"}},
				{"gen_ai.choice", map[string]any{"message": `{"temperature":3}`, "id": "t1"}},
			},
			`[{"role":"tool","content":"{\"city\":\"Oslo\"}","id":"t1"}]`, `[{"role":"assistant","content":"{\"temperature\":3}","id":"t1"}]`,
		},
		"tool calls as JSON text": {
			[]spanEvent{{"gen_ai.assistant.message", map[string]any{"tool_calls": `[{"id":"c1"}]`}}}, `[{"role":"assistant","tool_calls":[{"id":"c1"}]}]`, "",
		},
		"prose":                      {[]spanEvent{{"gen_ai.content.prompt", map[string]any{"gen_ai.prompt": "hi"}}}, hi, ""},
		"prose in brackets":          {[]spanEvent{{"gen_ai.user.message", map[string]any{"content": "[sic] hi"}}}, `[{"role":"user","content":"[sic] hi"}]`, ""},
		"a user who writes JSON":     {[]spanEvent{{"gen_ai.user.message", map[string]any{"content": `{"city":"Oslo"}`}}}, `[{"role":"user","content":"{\"city\":\"Oslo\"}"}]`, ""},
		"a user who writes a list":   {[]spanEvent{{"gen_ai.user.message", map[string]any{"content": `[1,2]`}}}, `[{"role":"user","content":"[1,2]"}]`, ""},
		"JSON that breaks off":       {[]spanEvent{{"gen_ai.content.prompt", map[string]any{"gen_ai.prompt": `[{"role":"us`}}}, `[{"role":"user","content":"[{\"role\":\"us"}]`, ""},
		"an answer in JSON mode":     {[]spanEvent{{"gen_ai.content.completion", map[string]any{"gen_ai.completion": `{"answer":42}`}}}, "", `[{"role":"assistant","content":"{\"answer\":42}"}]`},
		"a role that is stated":      {[]spanEvent{{"gen_ai.user.message", map[string]any{"role": "developer", "content": "hi"}}}, `[{"role":"developer","content":"hi"}]`, ""},
		"an exception":               {[]spanEvent{{"exception", map[string]any{"message": "no"}}}, "", ""},
		"an evaluation":              {[]spanEvent{{"gen_ai.evaluation.result", map[string]any{"gen_ai.evaluation.name": "Relevance"}}}, "", ""},
		"an event without a payload": {[]spanEvent{{"gen_ai.user.message", nil}}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			span := ptrace.NewSpan()
			span.Attributes().PutStr("gen_ai.operation.name", "chat")
			for _, e := range test.events {
				event := span.Events().AppendEmpty()
				event.SetName(e.name)
				require.NoError(t, event.Attributes().FromRaw(e.attributes))
			}
			v := viewOfSpan("x", span)
			for want, of := range map[*string]func() (Content, bool){&test.input: v.Input, &test.output: v.Output} {
				content, ok := of()
				if *want == "" {
					assert.False(t, ok)
					continue
				}
				require.True(t, ok)
				assert.JSONEq(t, *want, string(content.AppendJSON(nil)))
			}
		})
	}
}

func TestPydanticAIsListOfEvents(t *testing.T) {
	const events = `[{"content":"be brief","role":"system","gen_ai.message.index":0,"event.name":"gen_ai.system.message"},` +
		`{"content":"hi","role":"user","event.name":"gen_ai.user.message"},` +
		`{"index":0,"message":{"role":"assistant","content":"done"},"event.name":"gen_ai.choice"}]`
	for _, key := range []string{"events", "all_messages_events"} {
		v := viewOf(t, "pydantic-ai", map[string]any{"gen_ai.operation.name": "chat", key: events})
		assert.JSONEq(t, `[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}]`, inputOf(v), key)
		output, ok := v.Output()
		require.True(t, ok, key)
		assert.JSONEq(t, `[{"role":"assistant","content":"done","index":0}]`, string(output.AppendJSON(nil)), key)
	}
	for name, value := range map[string]any{
		"somebody else's": `[{"name":"deploy"}]`, "a count": 3, "prose": "two events", "a list of words": []any{"a", "b"},
	} {
		v := viewOf(t, "x", map[string]any{"events": value})
		assert.Empty(t, inputOf(v), name)
		assert.False(t, v.Known(), name)
	}
	v := viewOf(t, "pydantic-ai", map[string]any{"pydantic_ai.all_messages": `[{"role":"user","parts":[]}]`, "final_result": "42"})
	assert.JSONEq(t, `[{"role":"user","parts":[]}]`, inputOf(v))
	output, _ := v.Output()
	assert.Equal(t, "final_result", output.Key)
	_, ok := viewOf(t, "x", map[string]any{"final_result": "42"}).Output()
	assert.False(t, ok, "a name without a namespace")
}

func TestASpanThatHasOnlyBegunStatesNothing(t *testing.T) {
	usage := func(more map[string]any) map[string]any {
		all := map[string]any{"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 3, "gen_ai.usage.output_tokens": 4, "operation.cost": 0.5}
		maps.Copy(all, more)
		return all
	}
	for name, test := range map[string]struct {
		attributes map[string]any
		pending    bool
	}{
		"a call":                          {usage(map[string]any{"logfire.span_type": "pending_span"}), true},
		"with its parent":                 {usage(map[string]any{"logfire.span_type": "pending_span", "logfire.pending_parent_id": "0000000000000000"}), true},
		"an agent":                        {map[string]any{"gen_ai.operation.name": "invoke_agent", "logfire.span_type": "pending_span"}, true},
		"a run that sums up":              {map[string]any{"gen_ai.aggregated_usage.input_tokens": 3, "logfire.span_type": "pending_span"}, true},
		"with a charge":                   {usage(map[string]any{"litellm.cost.total": 1.0, "logfire.span_type": "pending_span"}), true},
		"with usage in an object":         {map[string]any{"langsmith.usage_metadata": `{"input_tokens":3}`, "logfire.span_type": "pending_span"}, true},
		"the span itself":                 {usage(map[string]any{"logfire.span_type": "span"}), false},
		"a log":                           {usage(map[string]any{"logfire.span_type": "log"}), false},
		"no type":                         {usage(nil), false},
		"an empty type":                   {usage(map[string]any{"logfire.span_type": ""}), false},
		"another's word":                  {usage(map[string]any{"span_type": "pending_span"}), false},
		"a parent without a type":         {usage(map[string]any{"logfire.pending_parent_id": "0000000000000000"}), false},
		"a type that is not one":          {usage(map[string]any{"logfire.span_type": "pending"}), false},
		"a message that says it is begun": {usage(map[string]any{"logfire.msg": "pending_span"}), false},
	} {
		t.Run(name, func(t *testing.T) {
			v := viewOf(t, "pydantic-ai", test.attributes)
			assert.Equal(t, test.pending, v.IsPending())
			if !test.pending {
				assert.True(t, v.HasUsage())
				assert.Equal(t, KindInference, v.Kind())
				return
			}
			assert.Equal(t, KindOther, v.Kind())
			assert.False(t, v.HasUsage())
			assert.False(t, v.SumsUp())
			_, state := v.Usage()
			assert.Equal(t, UsageNone, state)
			_, charged := v.Charge()
			assert.False(t, charged)
			_, stated := v.ClientCost()
			assert.False(t, stated)
		})
	}
}
