package traceviewer

import (
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"strings"
)

// csp lets the page load what is served here, and nothing else do anything.
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// securityHeaders are those of every answer.
// https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
var securityHeaders = map[string]string{
	"Content-Security-Policy":      csp,
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=()",
	"Cache-Control":                "no-store", // of data; assets have their own
}

// guard refuses requests that a page of somebody else has made: through a name of its own
// that leads here (https://en.wikipedia.org/wiki/DNS_rebinding), or from its origin.
type guard struct {
	hosts     []string // lower case, besides those of this machine
	anyIP     bool     // the server is for other machines, which may know it by an address
	auth      bool
	origins   []string
	crossable func(*http.Request) bool // whether pages of origins may read it
	next      http.Handler
}

func newGuard(c *Config, crossable func(*http.Request) bool, next http.Handler) *guard {
	g := &guard{auth: c.ServerConfig.Auth.HasValue(), origins: c.AllowedOrigins, crossable: crossable, next: next}
	for _, host := range c.AllowedHosts {
		g.hosts = append(g.hosts, canonicalHost(host))
	}
	if host, _, err := net.SplitHostPort(c.ServerConfig.NetAddr.Endpoint); err == nil && !isLoopback(host) {
		g.anyIP = true
		if host != "" && net.ParseIP(host) == nil {
			g.hosts = append(g.hosts, canonicalHost(host))
		}
	}
	return g
}

// ServeHTTP checks a request and passes it on.
func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, value := range securityHeaders {
		w.Header().Set(name, value)
	}
	if !g.knows(r.Host) {
		refuse(w, http.StatusMisdirectedRequest, "this name does not lead here; open the page as 127.0.0.1 or localhost, or add the name to trace_viewer::allowed_hosts")
		return
	}
	if origin := r.Header.Get("Origin"); g.foreign(r, origin) {
		if !slices.Contains(g.origins, origin) || !g.crossable(r) {
			refuse(w, http.StatusForbidden, "pages of other origins may not read traces")
			return
		}
		allowOrigin(w, origin)
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
	}
	if g.auth {
		w = &challenger{ResponseWriter: w}
	}
	g.next.ServeHTTP(w, r)
}

// knows reports whether a Host names this server.
func (g *guard) knows(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = canonicalHost(host)
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback() || g.anyIP || slices.Contains(g.hosts, host)
	}
	return isLocalhost(host) || slices.Contains(g.hosts, host)
}

func canonicalHost(host string) string {
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// foreign reports whether a page of another origin has made a request. A browser says so;
// what is not a browser says nothing. To follow a link from elsewhere to the page is no
// matter: who made the link cannot read what is shown.
func (g *guard) foreign(r *http.Request, origin string) bool {
	if origin != "" && !sameOrigin(r, origin) {
		return true
	}
	switch r.Header.Get("Sec-Fetch-Site") { // https://www.w3.org/TR/fetch-metadata/
	case "", "same-origin", "none":
		return false
	}
	followed := r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document" &&
		(r.Method == http.MethodGet || r.Method == http.MethodHead)
	return !followed || strings.HasPrefix(r.URL.Path, "/api/")
}

func sameOrigin(r *http.Request, origin string) bool {
	_, host, ok := strings.Cut(origin, "://")
	return ok && strings.EqualFold(host, r.Host)
}

func allowOrigin(w http.ResponseWriter, origin string) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Mastra-Client-Type, X-Mastra-Dev-Playground")
	h.Set("Access-Control-Allow-Credentials", "true")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Add("Vary", "Origin")
}

// refuse answers with a sentence.
func refuse(w http.ResponseWriter, status int, sentence string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": sentence})
}

// challenger has browsers ask for a user and a password where a request had none.
type challenger struct{ http.ResponseWriter }

// WriteHeader adds the question.
func (c *challenger) WriteHeader(status int) {
	if status == http.StatusUnauthorized && c.Header().Get("WWW-Authenticate") == "" {
		c.Header().Set("WWW-Authenticate", `Basic realm="traces", charset="UTF-8"`)
	}
	c.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (c *challenger) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// Flush sends what is written so far.
func (c *challenger) Flush() { _ = http.NewResponseController(c.ResponseWriter).Flush() }
