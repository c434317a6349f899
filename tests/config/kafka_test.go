package config

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
)

// TestTwoGatewaysShareKafka sends to one gateway; both deliver. kfake speaks
// Kafka's protocol, consumer groups included.
func TestTwoGatewaysShareKafka(t *testing.T) {
	const topic, partitions, runs = "spans", 4, 12
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(partitions, topic))
	require.NoError(t, err)
	t.Cleanup(cluster.Close)
	brokers, err := json.Marshal(cluster.ListenAddrs())
	require.NoError(t, err)
	t.Setenv("KAFKA_BROKERS", string(brokers))
	t.Setenv("KAFKA_TOPIC", topic)
	backend := otlptest.Start(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", backend.URL)
	_, pool := certificate(t)
	write(t, "OTELCOL_TOKEN_FILE", []byte("token"))
	fastSampling(t, "100")

	gateway := run(t, "gateway-kafka.yaml", "destinations/otlp.yaml")
	other := run(t, "gateway-kafka.yaml", "destinations/otlp.yaml")
	secrets := testutil.NewSecrets(5)
	for i := range uint64(runs) {
		traces := testutil.Again(testutil.TicketRun(secrets), i)
		status := export(t, gateway, pool, func(r *http.Request) { r.Header.Set("Authorization", "Bearer token") }, traces)
		require.Equal(t, http.StatusOK, status)
	}
	spans := backend.WaitSpans(t, runs*ticketSpans)
	require.NoError(t, gateway.Stop())
	require.NoError(t, other.Stop())

	assert.Len(t, spans, runs*ticketSpans)
	_, calls := cost(spans)
	assert.Equal(t, 4*runs, calls)
	assertNoSecret(t, secrets, backend.Bodies())
	assertNoSecret(t, secrets, written(t, cluster, topic, runs))
}

// written reads what is in Kafka, at least n messages.
func written(t *testing.T, cluster *kfake.Cluster, topic string, n int) [][]byte {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.ConsumeTopics(topic))
	require.NoError(t, err)
	defer client.Close()
	var values [][]byte
	for len(values) < n {
		fetched := client.PollFetches(t.Context())
		require.NoError(t, fetched.Err())
		fetched.EachRecord(func(record *kgo.Record) { values = append(values, record.Value) })
	}
	return values
}
