package traceviewer

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/confignet"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/otelcol-llm/otelcol-llm/internal/mcpserver"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/dburl"
)

// Config is the configuration of the extension trace_viewer.
type Config struct {
	// ServerConfig has the keys of every HTTP server of the Collector (endpoint, tls,
	// auth, …), of which cors and a Unix socket are refused. Default of endpoint
	// 127.0.0.1:4319, of read_header_timeout 5s, of write_timeout 30s. Another address
	// than one of this machine's own needs auth.
	ServerConfig confighttp.ServerConfig `mapstructure:",squash"`

	// Exporter is the id of the exporter whose store is shown. Where the configuration
	// has one libsql exporter, it is that one.
	Exporter string `mapstructure:"exporter"`

	// Store names a store that another collector writes, in place of Exporter.
	Store StoreConfig `mapstructure:"store"`

	// AllowedHosts are further names that the page is opened by, such as that of a proxy
	// before it. Every other Host is refused, so that no foreign name can lead here.
	AllowedHosts []string `mapstructure:"allowed_hosts"`

	// AllowedOrigins are pages that may read those APIs that are made for pages of
	// others, such as http://localhost:4111. Default none.
	AllowedOrigins []string `mapstructure:"allowed_origins"`

	// MCP answers agents' questions at /mcp, by the Model Context Protocol.
	MCP MCPConfig `mapstructure:"mcp"`

	// QueryTimeout is how long one question to the store may take. Default 10s.
	QueryTimeout time.Duration `mapstructure:"query_timeout"`

	// MaxConcurrentQueries is how many questions the store is asked at a time; others
	// wait. Default 3.
	MaxConcurrentQueries int `mapstructure:"max_concurrent_queries"`
}

// MCPConfig is the section mcp.
type MCPConfig struct {
	// Enabled serves /mcp. Default true.
	Enabled bool `mapstructure:"enabled"`
	// Content is the most that an answer shows of prompts, outputs and attributes: none,
	// preview or full. An agent gets previews where it does not ask for more. Default
	// full.
	Content mcpserver.Content `mapstructure:"content"`
}

// StoreConfig names a store.
type StoreConfig struct {
	// URL says where the store is, as that of the exporter libsql does: file:PATH,
	// libsql://HOST, https://HOST or http://HOST:PORT.
	URL string `mapstructure:"url"`
	// AuthToken is the token of a server.
	AuthToken configopaque.String `mapstructure:"auth_token"`
}

// Defaults.
const (
	defaultEndpoint     = "127.0.0.1:4319"
	defaultQueryTimeout = 10 * time.Second
	defaultQueries      = 3 // of four connections that a file is read by: one is for what is live
	maxQueries          = 16
)

func createDefaultConfig() component.Config {
	server := confighttp.NewDefaultServerConfig()
	server.NetAddr.Endpoint = defaultEndpoint
	server.ReadHeaderTimeout = 5 * time.Second
	server.MaxRequestBodySize = 1 << 20
	return &Config{ServerConfig: server, MCP: MCPConfig{Enabled: true, Content: mcpserver.Full}, QueryTimeout: defaultQueryTimeout, MaxConcurrentQueries: defaultQueries}
}

var _ component.Config = (*Config)(nil)

// Validate refuses what would show prompts to others.
func (c *Config) Validate() error {
	errs := []error{c.validateEndpoint()}
	if c.ServerConfig.CORS.HasValue() {
		errs = append(errs, errors.New("cors: would let pages of others read traces; leave it out, and see allowed_origins"))
	}
	errs = append(errs, c.validateStore())
	if err := c.MCP.Content.Validate(); err != nil {
		errs = append(errs, fmt.Errorf("mcp::content: %w", err))
	}
	if c.QueryTimeout <= 0 {
		errs = append(errs, fmt.Errorf("query_timeout: %v is not positive; write one such as 10s", c.QueryTimeout))
	}
	if c.MaxConcurrentQueries < 1 || c.MaxConcurrentQueries > maxQueries {
		errs = append(errs, fmt.Errorf("max_concurrent_queries: %d is not between 1 and %d", c.MaxConcurrentQueries, maxQueries))
	}
	for i, host := range c.AllowedHosts {
		if host == "" || strings.ContainsAny(host, "*/@ ") || strings.Contains(host, ":") && net.ParseIP(strings.Trim(host, "[]")) == nil {
			errs = append(errs, fmt.Errorf("allowed_hosts::%d: is not the name of a host; write it without scheme and port, such as traces.example.com", i))
		}
	}
	for i, origin := range c.AllowedOrigins {
		if u, err := url.Parse(origin); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Scheme+"://"+u.Host != origin || strings.ContainsAny(u.Host, "*, ") || strings.ToLower(origin) != origin {
			errs = append(errs, fmt.Errorf("allowed_origins::%d: is not an origin; write scheme, host and port in lower case and without *, such as http://localhost:4111", i))
		}
	}
	return errors.Join(errs...)
}

func (c *Config) validateStore() error {
	if c.Store.URL == "" {
		if c.Store.AuthToken != "" {
			return errors.New("store::auth_token: stands without store::url")
		}
		return nil
	}
	if c.Exporter != "" {
		return errors.New("exporter: stands beside store::url; leave one of them out")
	}
	if _, err := dburl.Parse(c.Store.URL); err != nil {
		return fmt.Errorf("store::%w", err)
	}
	return nil
}

func (c *Config) validateEndpoint() error {
	addr := c.ServerConfig.NetAddr
	if !slices.Contains([]confignet.TransportType{"", confignet.TransportTypeTCP, confignet.TransportTypeTCP4, confignet.TransportTypeTCP6}, addr.Transport) {
		return fmt.Errorf("transport: %q cannot be opened in a browser; write tcp, or leave it out", addr.Transport)
	}
	host, _, err := net.SplitHostPort(addr.Endpoint)
	if err != nil {
		return fmt.Errorf("endpoint: %q is not HOST:PORT; write one such as %s", addr.Endpoint, defaultEndpoint)
	}
	if !isLoopback(host) && !c.ServerConfig.Auth.HasValue() {
		return fmt.Errorf("endpoint: %s is reached by other machines, and traces hold prompts; listen on 127.0.0.1, or set auth::authenticator to an extension such as basicauth or bearertokenauth", addr.Endpoint)
	}
	return nil
}

// isLoopback reports whether a host, a name or an address, is this machine for its own
// programs only. A name other than localhost may become any address.
func isLoopback(host string) bool {
	if ip := net.ParseIP(strings.Trim(host, "[]")); ip != nil {
		return ip.IsLoopback()
	}
	return isLocalhost(host)
}

// isLocalhost: https://www.rfc-editor.org/rfc/rfc6761#section-6.3 keeps these names for
// the machine itself; no name server may lead them elsewhere.
func isLocalhost(name string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	return name == "localhost"
}
