package llmcost

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// sums returns a counter's values by the value of one of its attributes.
func sums(t *testing.T, telemetry *componenttest.Telemetry, name, by string) map[string]int64 {
	t.Helper()
	got, err := telemetry.GetMetric(name)
	require.NoError(t, err)
	values := map[string]int64{}
	for _, point := range got.Data.(metricdata.Sum[int64]).DataPoints {
		label, _ := point.Attributes.Value(attribute.Key(by))
		values[label.AsString()] += point.Value
	}
	return values
}
