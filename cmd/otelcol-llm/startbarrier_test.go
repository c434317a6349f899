package main

import (
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/xreceiver"
)

// TestAReceiverListensWhenAllItsSignalsStart: while the exporter of one signal reads
// its queue from disk, those of the others are ready.
func TestAReceiverListensWhenAllItsSignalsStart(t *testing.T) {
	factories, err := settings().Factories()
	require.NoError(t, err)
	otlp := component.MustNewType("otlp")
	factory := factories.Receivers[otlp]

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	listens := func() bool {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			require.NoError(t, connection.Close())
		}
		return err == nil
	}

	for range 2 { // the second time as after a reload
		config := factory.CreateDefaultConfig()
		require.NoError(t, confmap.NewFromStringMap(map[string]any{
			"protocols": map[string]any{"http": map[string]any{"endpoint": address}},
		}).Unmarshal(config))
		set := receiver.Settings{ID: component.NewID(otlp), TelemetrySettings: componenttest.NewNopTelemetrySettings()}
		metrics, err := factory.CreateMetrics(t.Context(), set, config, consumertest.NewNop())
		require.NoError(t, err)
		logs, err := factory.CreateLogs(t.Context(), set, config, consumertest.NewNop())
		require.NoError(t, err)
		traces, err := factory.CreateTraces(t.Context(), set, config, consumertest.NewNop())
		require.NoError(t, err)
		profiles, err := factory.(xreceiver.Factory).CreateProfiles(t.Context(), set, config, consumertest.NewNop())
		require.NoError(t, err)
		signals := []component.Component{logs, profiles, metrics, traces}
		for _, signal := range signals {
			assert.False(t, listens())
			require.NoError(t, signal.Start(t.Context(), componenttest.NewNopHost()))
		}
		assert.True(t, listens())
		for _, signal := range signals {
			require.NoError(t, signal.Shutdown(t.Context()))
			assert.False(t, listens())
		}
	}
}

// TestAReceiverThatCannotListenSaysSo, though the signal that starts last is another
// than the one that failed.
func TestAReceiverThatCannotListenSaysSo(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	factories, err := settings().Factories()
	require.NoError(t, err)
	otlp := component.MustNewType("otlp")
	factory := factories.Receivers[otlp]
	config := factory.CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(map[string]any{
		"protocols": map[string]any{"http": map[string]any{"endpoint": taken.Addr().String()}},
	}).Unmarshal(config))
	set := receiver.Settings{ID: component.NewID(otlp), TelemetrySettings: componenttest.NewNopTelemetrySettings()}
	logs, err := factory.CreateLogs(t.Context(), set, config, consumertest.NewNop())
	require.NoError(t, err)
	traces, err := factory.CreateTraces(t.Context(), set, config, consumertest.NewNop())
	require.NoError(t, err)
	require.NoError(t, logs.Start(t.Context(), componenttest.NewNopHost()))
	require.ErrorContains(t, traces.Start(t.Context(), componenttest.NewNopHost()), "address already in use")
	// What was never started is stopped all the same.
	require.NoError(t, logs.Shutdown(t.Context()))
	require.NoError(t, traces.Shutdown(t.Context()))
}

// TestEveryReceiverStopsWithoutAStart: a start that fails elsewhere leaves receivers
// that were asked to start, and wait for their other signals.
func TestEveryReceiverStopsWithoutAStart(t *testing.T) {
	factories, err := settings().Factories()
	require.NoError(t, err)
	for id, factory := range factories.Receivers {
		t.Run(id.String(), func(t *testing.T) {
			config := factory.CreateDefaultConfig()
			set := receiver.Settings{ID: component.NewID(factory.Type()), TelemetrySettings: componenttest.NewNopTelemetrySettings()}
			traces, err := factory.CreateTraces(t.Context(), set, config, consumertest.NewNop())
			require.NoError(t, err)
			if factory.LogsStability() != component.StabilityLevelUndefined {
				logs, err := factory.CreateLogs(t.Context(), set, config, consumertest.NewNop())
				require.NoError(t, err)
				require.NoError(t, logs.Start(t.Context(), componenttest.NewNopHost()))
				require.NoError(t, logs.Shutdown(t.Context()))
			}
			require.NoError(t, traces.Shutdown(t.Context()))
		})
	}
}
