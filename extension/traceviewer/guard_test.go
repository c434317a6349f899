package traceviewer

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// answerOf is what a guard makes of a request, before a handler that answers 200.
func answerOf(config *Config, crossable bool, method, target string, headers map[string]string) *httptest.ResponseRecorder {
	next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	g := newGuard(config, func(*http.Request) bool { return crossable }, next)
	r := httptest.NewRequest(method, "http://127.0.0.1:4319"+target, nil)
	for name, value := range headers {
		if name == "Host" {
			r.Host = value
		} else {
			r.Header.Set(name, value)
		}
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w
}

func TestOnlyNamesOfThisMachineLeadToThePage(t *testing.T) {
	loopback := createDefaultConfig().(*Config)
	named := configOf(t, "{allowed_hosts: [Traces.Example.com, '10.0.0.7']}")
	open := configOf(t, "{endpoint: '0.0.0.0:4319', auth: {authenticator: basicauth}}")
	internal := configOf(t, "{endpoint: 'viewer.internal:4319', auth: {authenticator: basicauth}}")
	for _, test := range []struct {
		config *Config
		hosts  string
		status int
	}{
		{loopback, "127.0.0.1:4319 127.0.0.1 localhost localhost:4319 LOCALHOST:4319 localhost. [::1]:4319 [::1] 127.9.9.9:80", 200},
		{loopback, "evil.com evil.com:4319 127.0.0.1.evil.com localhost.evil.com 127.0.0.1.nip.io:4319 10.0.0.7:4319 0.0.0.0:4319 [::]:4319 192.168.1.2 evil.localhost 2130706433 0x7f.1 127.1 [::ffff:10.0.0.7]:4319 @localhost", 421},
		{named, "traces.example.com TRACES.example.com:443 10.0.0.7:4319 localhost:4319", 200},
		{named, "example.com atraces.example.com traces.example.com.evil.com 10.0.0.8", 421},
		{open, "127.0.0.1:4319 10.0.0.7:4319 [fe80::1]:4319", 200},
		{open, "evil.com viewer.internal", 421},
		{internal, "viewer.internal:4319 viewer.internal 10.1.1.1", 200},
		{internal, "evil.com internal", 421},
	} {
		for host := range strings.FieldsSeq(test.hosts) {
			w := answerOf(test.config, false, "GET", "/api/v1/traces", map[string]string{"Host": host})
			assert.Equal(t, test.status, w.Code, host)
		}
	}
	assert.Equal(t, 421, answerOf(loopback, false, "GET", "/", map[string]string{"Host": ""}).Code, "no Host")
}

func TestPagesOfOthersReadNothing(t *testing.T) {
	config := configOf(t, "allowed_origins: ['http://localhost:4111']")
	for name, test := range map[string]struct {
		method, target string
		headers        map[string]string
		crossable      bool
		status         int
	}{
		"not a browser":                   {"GET", "/api/v1/traces", nil, false, 200},
		"the page itself":                 {"GET", "/api/v1/traces", map[string]string{"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, false, 200},
		"its own origin":                  {"POST", "/mcp", map[string]string{"Origin": "http://127.0.0.1:4319", "Sec-Fetch-Site": "same-origin"}, false, 200},
		"typed":                           {"GET", "/traces", map[string]string{"Sec-Fetch-Site": "none"}, false, 200},
		"data, typed":                     {"GET", "/api/v1/traces", map[string]string{"Sec-Fetch-Site": "none"}, false, 200},
		"a link of another site":          {"GET", "/traces/1", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, false, 200},
		"a link to data":                  {"GET", "/api/v1/traces", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, false, 403},
		"a form of another site":          {"POST", "/mcp", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, false, 403},
		"a frame of another site":         {"GET", "/traces", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, false, 403},
		"a script of another site":        {"GET", "/assets/main.js", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}, false, 403},
		"an image of another site":        {"GET", "/api/v1/traces", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, false, 403},
		"another port of this machine":    {"GET", "/api/v1/traces", map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:3000"}, false, 403},
		"a browser without Sec-Fetch":     {"GET", "/api/v1/traces", map[string]string{"Origin": "https://evil.com"}, false, 403},
		"an origin of nobody":             {"GET", "/api/v1/traces", map[string]string{"Origin": "null"}, false, 403},
		"a value that is not one":         {"GET", "/api/v1/traces", map[string]string{"Sec-Fetch-Site": "whatever"}, false, 403},
		"an origin that is named":         {"GET", "/api/traces", map[string]string{"Origin": "http://localhost:4111", "Sec-Fetch-Site": "cross-site"}, true, 200},
		"and asks beforehand":             {"OPTIONS", "/api/traces", map[string]string{"Origin": "http://localhost:4111", "Access-Control-Request-Method": "GET"}, true, 204},
		"for what is not made for it":     {"GET", "/api/v1/traces", map[string]string{"Origin": "http://localhost:4111"}, false, 403},
		"an origin that is not named":     {"GET", "/api/traces", map[string]string{"Origin": "http://localhost:4112"}, true, 403},
		"one that only begins like it":    {"GET", "/api/traces", map[string]string{"Origin": "http://localhost:41111"}, true, 403},
		"a named origin, another machine": {"GET", "/api/traces", map[string]string{"Origin": "http://localhost:4111", "Host": "evil.com"}, true, 421},
	} {
		w := answerOf(config, test.crossable, test.method, test.target, test.headers)
		assert.Equal(t, test.status, w.Code, name)
		allowed := w.Header().Get("Access-Control-Allow-Origin")
		if test.crossable && w.Code < 300 {
			assert.Equal(t, "http://localhost:4111", allowed, name)
		} else {
			assert.Empty(t, allowed, name)
		}
	}
}

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	for _, host := range []string{"localhost", "evil.com"} {
		h := answerOf(createDefaultConfig().(*Config), false, "GET", "/", map[string]string{"Host": host}).Header()
		for name, value := range securityHeaders {
			assert.Equal(t, value, h.Get(name), name)
		}
		assert.NotContains(t, h.Get("Content-Security-Policy"), "unsafe")
		assert.NotContains(t, h.Get("Content-Security-Policy"), "http")
	}
}

func TestABrowserIsAskedForCredentials(t *testing.T) {
	config := configOf(t, "{endpoint: '0.0.0.0:4319', auth: {authenticator: basicauth}}")
	next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	w := httptest.NewRecorder()
	newGuard(config, nil, next).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1/", nil))
	assert.Contains(t, w.Header().Get("WWW-Authenticate"), "Basic")
}
