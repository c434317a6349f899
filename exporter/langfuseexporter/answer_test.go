package langfuseexporter

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
)

// TestKeysThatAreEchoed: what a server, or a proxy, says may hold what it was sent.
func TestKeysThatAreEchoed(t *testing.T) {
	const token = "abcdefghijklmnop"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":"refused: %s, %s/%s, %s, Bearer zyxwvutsrqponm; the end"}`, r.Header.Get("Authorization"), user, password, r.Header.Get("X-Token"))
	}))
	defer server.Close()
	config := createDefaultConfig().(*Config)
	config.ClientConfig.Endpoint, config.CheckOnStart = server.URL, checkOff
	config.ClientConfig.Headers = configopaque.MapList{{Name: "X-Token", Value: token}}
	config.Keys = KeysConfig{PublicKey: "pk-lf-one", SecretKey: "sk-lf-one"}
	config.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]()
	err := started(t, config).ConsumeTraces(t.Context(), calls(1, 10))
	require.ErrorContains(t, err, "Langfuse answers 400: refused: ")
	require.ErrorContains(t, err, "the end")
	for _, secret := range []string{"lf-one", token, "zyxwvutsrqponm", base64.StdEncoding.EncodeToString([]byte("pk-lf-one:sk-lf-one"))} {
		assert.NotContains(t, err.Error(), secret)
	}
}
