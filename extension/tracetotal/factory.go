package tracetotal

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"

	"github.com/otelcol-llm/otelcol-llm/extension/tracetotal/internal/metadata"
)

// Config is empty: thresholds belong to the policies of a tail_sampling
// processor.
type Config struct{}

var _ component.Config = (*Config)(nil)

// NewFactory returns the factory of trace_total.
func NewFactory() extension.Factory {
	return extension.NewFactory(
		metadata.Type,
		func() component.Config { return &Config{} },
		func(context.Context, extension.Settings, component.Config) (extension.Extension, error) {
			return &traceTotal{}, nil
		},
		metadata.ExtensionStability,
	)
}
