package retryrefused

import (
	"context"
	"errors"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"

	"github.com/otelcol-llm/otelcol-llm/extension/retryrefused/internal/metadata"
)

// NewFactory returns the factory of retry_refused.
func NewFactory() extension.Factory {
	return extension.NewFactory(metadata.Type, createDefaultConfig, create, metadata.ExtensionStability)
}

func create(_ context.Context, set extension.Settings, config component.Config) (extension.Extension, error) {
	cfg, ok := config.(*Config)
	if !ok {
		return nil, errors.New("retry_refused: not its configuration")
	}
	return &retryRefused{config: cfg, logger: set.Logger}, nil
}
