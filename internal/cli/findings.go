package cli

import (
	"context"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/otelcol"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/internal/check"
)

// LogFindings returns what logs the warnings and errors of a configuration that
// runs, each once.
func LogFindings(set otelcol.CollectorSettings) func(*confmap.Conf, *zap.Logger) {
	return func(conf *confmap.Conf, log *zap.Logger) {
		findings, err := findingsOf(context.Background(), set.ConfigProviderSettings.ResolverSettings, conf)
		if err != nil {
			log.Debug("The configuration was not looked at for mistakes", zap.Error(err))
			return
		}
		for _, f := range findings {
			if f.Severity != check.Note {
				log.Warn("A mistake in the configuration", zap.String("key", f.Key), zap.String("finding", f.Message), zap.String("rule", f.ID))
			}
		}
	}
}
