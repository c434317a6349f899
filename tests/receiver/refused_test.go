package receiver

import (
	"database/sql"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	_ "modernc.org/sqlite"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

const refused = "otelcol_receiver_otlp_refused_requests"

// lines are those of the log about requests that were refused for a reason.
func lines(c *e2e.Collector, reason string) []string {
	return regexp.MustCompile(`(?m)^.*Refused requests.*"reason": "`+reason+`".*$`).FindAllString(c.Log(), -1)
}

// TestRefusedRequestsAreCountedAndLogged: each reason has a line at once, further ones
// not before a minute, and all of them count. The last line comes at the stop.
func TestRefusedRequestsAreCountedAndLogged(t *testing.T) {
	c := e2e.StartCollector(t)
	for range 5 {
		code, _ := post(t, c.HTTP+"/v1/traces", jsonType, "", []byte(inSpan(1, "x", `,"kind":"SECRET"`)))
		require.Equal(t, http.StatusBadRequest, code)
		code, _ = post(t, c.HTTP+"/v1/traces", protobuf, "gzip", []byte("SECRET"))
		require.Equal(t, http.StatusBadRequest, code)
		code, _ = post(t, c.HTTP+"/v1/nothing", protobuf, "", nil)
		require.Equal(t, http.StatusNotFound, code)
		code, _ = post(t, c.HTTP+"/v1/traces", "text/plain", "", []byte("SECRET"))
		require.Equal(t, http.StatusUnsupportedMediaType, code)
		require.Equal(t, codes.InvalidArgument, status.Code(export(t, openGRPC(t, c), []byte("SECRET"))))
		require.Equal(t, codes.ResourceExhausted, status.Code(export(t, openGRPC(t, c), make([]byte, 21*mib))))
	}
	code, _ := post(t, c.HTTP+"/v1/traces", protobuf, "br", []byte("SECRET"))
	require.Equal(t, http.StatusBadRequest, code)

	value := e2e.Scrape(t, c.Metrics)
	assert.EqualValues(t, 11, value(refused, `transport="http"`, `reason="malformed"`, `receiver="otlp"`))
	assert.EqualValues(t, 5, value(refused, `transport="grpc"`, `reason="malformed"`))
	assert.EqualValues(t, 5, value(refused, `transport="grpc"`, `reason="too_large"`))
	assert.EqualValues(t, 10, value(refused, `transport="http"`, `reason="not_otlp"`))
	require.Len(t, lines(c, "malformed"), 2, "one of each transport")
	assert.Contains(t, lines(c, "malformed")[0], `"requests": 1,`)
	assert.NotContains(t, lines(c, "malformed")[0], "otelcol.signal", "the server is that of all signals")
	assert.Contains(t, lines(c, "malformed")[0], `"remedy": "the clients send what is not OTLP; what they are told says where"`)
	require.NoError(t, c.Stop())
	assert.Contains(t, strings.Join(lines(c, "malformed"), "\n"), `"requests": 10,`, "the rest, at the stop")
	assert.NotContains(t, c.Log(), "SECRET")
}

// withTokens runs a collector that asks for a bearer token.
func withTokens(t *testing.T) *e2e.Collector {
	t.Helper()
	local, err := filepath.Abs("../../config/local.yaml")
	require.NoError(t, err)
	return e2e.StartCollector(t, "--config", local,
		"--config", "yaml:extensions::bearertokenauth::token: right-token",
		"--config", "yaml:service::extensions: [health_check, zpages, pprof, bearertokenauth]",
		"--config", "yaml:receivers::otlp::protocols: {grpc: {auth: {authenticator: bearertokenauth}}, http: {auth: {authenticator: bearertokenauth}}}")
}

// TestAWrongTokenIsCountedAndLogged, over both transports, without the token.
func TestAWrongTokenIsCountedAndLogged(t *testing.T) {
	c := withTokens(t)
	body := marshal(t, aSpan("x"))
	for _, contentType := range []string{protobuf, jsonType, "text/plain", ""} {
		for _, token := range []string{"", "Bearer wrong-token"} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.HTTP+"/v1/traces", strings.NewReader(string(body)))
			require.NoError(t, err)
			request.Header.Set("Content-Type", contentType)
			request.Header.Set("Authorization", token)
			response, err := http.DefaultClient.Do(request)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			assert.Equal(t, http.StatusUnauthorized, response.StatusCode, contentType)
		}
	}
	var answer []byte
	client := openGRPC(t, c)
	wrong := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer wrong-token")
	err := client.Invoke(wrong, traceService, body, &answer, forced)
	assert.Equal(t, codes.Unauthenticated, status.Code(err))
	right := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer right-token")
	require.NoError(t, client.Invoke(right, traceService, body, &answer, forced))

	value := e2e.Scrape(t, c.Metrics)
	assert.EqualValues(t, 8, value(refused, `transport="http"`, `reason="unauthenticated"`))
	assert.EqualValues(t, 1, value(refused, `transport="grpc"`, `reason="unauthenticated"`))
	require.Len(t, lines(c, "unauthenticated"), 2)
	assert.Contains(t, lines(c, "unauthenticated")[0], "give the clients the token or password that this collector has")
	require.NoError(t, c.Stop())
	assert.NotContains(t, c.Log(), "wrong-token")
	assert.NotContains(t, c.Log(), "right-token")
}

// TestAnAuthenticatorThatIsMissingIsNamed as the configuration has it.
func TestAnAuthenticatorThatIsMissingIsNamed(t *testing.T) {
	for _, protocol := range []string{"http", "grpc"} {
		output, err := e2e.RunBinary(t, t.TempDir(), e2e.PortEnvironment(t), "--config", "mastra:env",
			"--config", "yaml:receivers::otlp::protocols::"+protocol+"::auth::authenticator: basicauth/mine")
		require.Error(t, err)
		assert.Contains(t, output, `"basicauth/mine"`)
		assert.NotContains(t, output, "guard")
	}
}

// TestWhatIsSentAgainIsNotCalledLost: the store is locked by another process, the client
// is told to send again, and the log says so.
func TestWhatIsSentAgainIsNotCalledLost(t *testing.T) {
	c := e2e.StartCollector(t, "--config", "mastra:env", "--config", "yaml:exporters::libsql: {timeout: 500ms, file: {busy_timeout: 100ms}}")
	body := marshal(t, aSpan("x"))
	code, _ := post(t, c.HTTP+"/v1/traces", protobuf, "", body)
	require.Equal(t, http.StatusOK, code)
	db, err := sql.Open("sqlite", "file:"+c.TracesDB()+"?_txlock=immediate")
	require.NoError(t, err)
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	code, _ = post(t, c.HTTP+"/v1/traces", protobuf, "", body)
	assert.Equal(t, http.StatusServiceUnavailable, code)
	require.NoError(t, tx.Rollback())
	code, _ = post(t, c.HTTP+"/v1/traces", protobuf, "", body)
	assert.Equal(t, http.StatusOK, code)

	assert.EqualValues(t, 1, e2e.Scrape(t, c.Metrics)(refused, `transport="http"`, `reason="unavailable"`))
	require.Len(t, lines(c, "unavailable"), 1)
	require.NoError(t, c.Stop())
	assert.NotContains(t, c.Log(), "Dropping data")
	assert.NotContains(t, c.Log(), "Rejecting data")
	assert.Contains(t, c.Log(), "Exporting failed. The client is told to send it again.")
}

// TestASidecarWithAWrongToken: its log begins with what to do, that of the gateway and
// its metric say that credentials were refused, and with the right token what waited
// would go on.
func TestASidecarWithAWrongToken(t *testing.T) {
	gateway := withTokens(t)
	path, err := filepath.Abs("../../config/sidecar.yaml")
	require.NoError(t, err)
	sidecar := e2e.StartCollectorWith(t, t.TempDir(), []string{
		"OTELCOL_GATEWAY_ENDPOINT=" + strings.TrimPrefix(gateway.GRPC, "http://"), "OTELCOL_GATEWAY_TOKEN=wrong-token", "OTELCOL_GATEWAY_INSECURE=true",
	}, "--config", path)
	code, _ := post(t, sidecar.HTTP+"/v1/traces", protobuf, "", marshal(t, aSpan("x")))
	require.Equal(t, http.StatusOK, code)
	warning := regexp.MustCompile(`\twarn\t.*Check the credentials: the destination answers Unauthenticated; what it is sent waits in the queue`)
	eventually(t, func() bool { return warning.MatchString(sidecar.Log()) }, "the sidecar does not warn")
	eventually(t, func() bool {
		return e2e.Scrape(t, gateway.Metrics)(refused, `reason="unauthenticated"`, `transport="grpc"`) > 0
	}, "the gateway does not count")
	assert.NotEmpty(t, lines(gateway, "unauthenticated"))
	assert.Zero(t, e2e.Scrape(t, sidecar.Metrics)("otelcol_exporter_send_failed_spans"), "it waits")
	for _, c := range []*e2e.Collector{sidecar, gateway} {
		assert.NotContains(t, c.Log(), "wrong-token")
	}
	require.NoError(t, gateway.Stop())
}
