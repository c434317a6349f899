package main

import (
	"context"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/redactionprocessor"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/otelcol-llm/otelcol-llm/processor/sensitivefilter"
)

// contribConfig is the redaction processor with the twenty expressions.
func contribConfig() component.Config {
	cfg := redactionprocessor.NewFactory().CreateDefaultConfig().(*redactionprocessor.Config)
	cfg.AllowAllKeys = true
	for _, e := range expressions {
		cfg.BlockedValues = append(cfg.BlockedValues, e.regex)
	}
	return cfg
}

// defaultConfig is sensitive_filter as it comes.
func defaultConfig() component.Config { return sensitivefilter.NewFactory().CreateDefaultConfig() }

// customConfig is sensitive_filter with the twenty expressions and nothing else.
func customConfig() component.Config {
	cfg := defaultConfig().(*sensitivefilter.Config)
	cfg.Presets = []string{}
	cfg.Keys.OnlyListed = true
	for _, e := range expressions {
		cfg.CustomRules = append(cfg.CustomRules, sensitivefilter.CustomRuleConfig{ID: e.id, Regex: e.regex, Keywords: e.keywords, AllowSlow: e.slow})
	}
	return cfg
}

// bothConfig is sensitive_filter as it comes with the twenty expressions besides.
func bothConfig() component.Config {
	cfg := customConfig().(*sensitivefilter.Config)
	cfg.Presets = defaultConfig().(*sensitivefilter.Config).Presets
	cfg.Keys.OnlyListed = false
	return cfg
}

// start returns a processor that sends to nowhere.
func start(factory processor.Factory, cfg component.Config) (processor.Traces, error) {
	p, err := factory.CreateTraces(context.Background(), processortest.NewNopSettings(factory.Type()), cfg, consumertest.NewNop())
	if err != nil {
		return nil, err
	}
	return p, p.Start(context.Background(), componenttest.NewNopHost())
}

// span returns a trace of one span with ten ordinary attributes and a message.
func span(message string) ptrace.Traces {
	td := ptrace.NewTraces()
	m := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty().Attributes()
	m.PutStr("gen_ai.operation.name", "chat")
	m.PutStr("gen_ai.provider.name", "openai")
	m.PutStr("gen_ai.request.model", "gpt-4o-mini-2024-07-18")
	m.PutStr("gen_ai.response.id", "chatcmpl-9fA3kLmNoPqRsTuVwXyZ012345")
	m.PutStr("server.address", "api.openai.com")
	m.PutStr("session.id", "0b2de99e-c78f-4e35-a0af-2399c9d205e5")
	m.PutInt("gen_ai.usage.input_tokens", 1240)
	m.PutInt("gen_ai.usage.output_tokens", 42)
	m.PutDouble("gen_ai.request.temperature", 0.2)
	m.PutBool("gen_ai.is_streaming", true)
	if message != "" {
		m.PutStr("gen_ai.input.messages", message)
	}
	return td
}

// filterAll passes texts through a processor, each as the value of an attribute.
func filterAll(factory processor.Factory, cfg component.Config, texts []string) ([]string, error) {
	p, err := start(factory, cfg)
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.Shutdown(context.Background()) }()
	out := make([]string, len(texts))
	for i, text := range texts {
		td := ptrace.NewTraces()
		m := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty().Attributes()
		m.PutStr("note", text)
		if err := p.ConsumeTraces(context.Background(), td); err != nil {
			return nil, err
		}
		if v, ok := m.Get("note"); ok {
			out[i] = v.Str()
		}
	}
	return out, nil
}
