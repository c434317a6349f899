package traceviewer

import (
	"context"
	"errors"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"

	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/internal/metadata"
)

// NewFactory returns the factory of trace_viewer.
func NewFactory() extension.Factory {
	return extension.NewFactory(metadata.Type, createDefaultConfig, create, metadata.ExtensionStability)
}

func create(_ context.Context, set extension.Settings, config component.Config) (extension.Extension, error) {
	cfg, ok := config.(*Config)
	if !ok {
		return nil, errors.New("trace_viewer: not its configuration")
	}
	return newViewer(cfg, set), nil
}
