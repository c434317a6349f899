package traceviewer

import (
	"context"
	"net/http"

	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/mount"
	"github.com/otelcol-llm/otelcol-llm/internal/mcpserver"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// mcp is the API for agents: JSON-RPC by POST, without sessions and streams.
func (v *viewer) mcp(env mount.Env) []mount.Route {
	if !v.config.MCP.Enabled {
		return nil
	}
	redactor, err := mcpserver.DefaultRedactor()
	if err != nil {
		env.Logger.Error("Agents are not answered: the rules of redaction do not load", zap.Error(err))
		return nil
	}
	handler := mcpserver.Handler(mcpserver.Options{
		Open:     func(context.Context) (query.Source, error) { return env.Source, nil },
		Content:  v.config.MCP.Content,
		Redactor: redactor,
		Version:  env.Build.Version,
		Audit: func(c mcpserver.Call) {
			env.Logger.Info("An agent has asked", zap.String("client", c.Client), zap.String("tool", c.Tool), zap.Strings("arguments", c.Arguments),
				zap.String("trace_id", c.TraceID), zap.String("span_id", c.SpanID), zap.String("content", string(c.Content)),
				zap.Int("bytes", c.Bytes), zap.Duration("duration", c.Duration), zap.Bool("failed", c.Failed))
		},
	})
	var routes []mount.Route
	for _, method := range []string{http.MethodPost, http.MethodGet, http.MethodDelete} {
		routes = append(routes, mount.Route{Pattern: method + " /mcp", Handler: handler})
	}
	return routes
}
