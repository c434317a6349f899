package status

import (
	"fmt"
	"maps"
	"net"
	"regexp"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap"
)

// layout is the configuration as the page shows it.
type layout struct {
	conf       *confmap.Conf
	written    *confmap.Conf // as it stands in files
	receivers  []string
	processors []string // in the order of pipelines
	exporters  []string
	extensions []string
	pipelines  []Pipeline
	signals    map[string][]string // of exporters
}

type wiring struct {
	Receivers  map[string]any `mapstructure:"receivers"`
	Exporters  map[string]any `mapstructure:"exporters"`
	Connectors map[string]any `mapstructure:"connectors"`
	Service    struct {
		Extensions []string `mapstructure:"extensions"`
		Pipelines  map[string]struct {
			Receivers  []string `mapstructure:"receivers"`
			Processors []string `mapstructure:"processors"`
			Exporters  []string `mapstructure:"exporters"`
		} `mapstructure:"pipelines"`
	} `mapstructure:"service"`
}

func newLayout(conf, written *confmap.Conf) *layout {
	l := &layout{conf: conf, written: written, signals: map[string][]string{}}
	var w wiring
	if err := conf.Unmarshal(&w, confmap.WithIgnoreUnused()); err != nil {
		return l // the service runs by what it has read itself
	}
	l.extensions = w.Service.Extensions
	for _, id := range slices.Sorted(maps.Keys(w.Service.Pipelines)) {
		p := w.Service.Pipelines[id]
		l.pipelines = append(l.pipelines, Pipeline{id, p.Receivers, p.Processors, p.Exporters})
		for _, r := range p.Receivers {
			if _, ok := w.Connectors[r]; !ok {
				l.receivers = appendNew(l.receivers, r)
			}
		}
		for _, processor := range p.Processors {
			l.processors = appendNew(l.processors, processor)
		}
		for _, e := range p.Exporters {
			if _, ok := w.Connectors[e]; ok || kindOf(e) == "nop" {
				continue
			}
			l.exporters = appendNew(l.exporters, e)
			l.signals[e] = appendNew(l.signals[e], kindOf(id))
		}
	}
	slices.Sort(l.receivers)
	slices.Sort(l.exporters)
	return l
}

func appendNew(list []string, item string) []string {
	if slices.Contains(list, item) {
		return list
	}
	return append(list, item)
}

// kindOf is the type in an id.
func kindOf(id string) string {
	kind, _, _ := strings.Cut(id, "/")
	return kind
}

func (l *layout) text(key string) string {
	if l.conf == nil {
		return ""
	}
	switch value := l.conf.Get(key).(type) {
	case nil:
		return ""
	case string:
		return value
	default:
		return fmt.Sprint(value)
	}
}

func (l *layout) set(key string) bool { return l.conf != nil && l.conf.Get(key) != nil }

// endpoints are where a receiver or an extension listens.
func (l *layout) endpoints(section, id string) []Endpoint {
	key := section + "::" + id
	found := []Endpoint{}
	protocols, _ := l.conf.Get(key + "::protocols").(map[string]any)
	for _, protocol := range slices.Sorted(maps.Keys(protocols)) {
		found = l.endpoint(found, key+"::protocols::"+protocol, protocol)
	}
	return l.endpoint(found, key, "http")
}

func (l *layout) endpoint(found []Endpoint, key, protocol string) []Endpoint {
	address := withoutSecrets(l.text(key + "::endpoint"))
	if address == "" {
		return found
	}
	host, _, err := net.SplitHostPort(address)
	return append(found, Endpoint{
		Protocol: protocol, Address: address, TLS: l.set(key + "::tls"), Auth: l.set(key + "::auth"),
		Loopback: err == nil && isLoopback(host),
	})
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback() || host == "localhost"
}

// addressKeys are where exporters have the address that they send to, the most telling
// first.
var addressKeys = []string{"url", "endpoint", "traces_endpoint", "traces::endpoint", "logs_endpoint", "metrics_endpoint", "path", "brokers", "api::site"}

// listening are exporters that others ask.
var listening = []string{"prometheus"}

// unit is what a queue counts. The effective configuration does not say it, which has a type
// of its own for it.
func (l *layout) unit(id string) string {
	if l.written != nil {
		if sizer, ok := l.written.Get("exporters::" + id + "::sending_queue::sizer").(string); ok {
			return sizer
		}
	}
	if kindOf(id) == "libsql" { // its default
		return "bytes"
	}
	return "requests"
}

// address is where an exporter sends to, without what may be a secret, and whether that is
// another machine.
func (l *layout) address(id string) (address string, remote bool) {
	kind := kindOf(id)
	for _, name := range addressKeys {
		text := l.text("exporters::" + id + "::" + name)
		if list, ok := l.conf.Get("exporters::" + id + "::" + name).([]any); ok {
			return brokers(list)
		}
		if text == "" {
			continue
		}
		switch {
		case name == "path" || strings.HasPrefix(text, "file:"):
			return strings.TrimPrefix(text, "file:"), false
		case name == "api::site":
			return withoutSecrets("https://" + text), true
		}
		return withoutSecrets(text), !slices.Contains(listening, kind) && !isLoopback(hostOf(text))
	}
	return "", false
}

// brokers are addresses of one destination.
func brokers(list []any) (address string, remote bool) {
	var all []string
	for _, one := range list {
		at := withoutSecrets(fmt.Sprint(one))
		remote = remote || !isLoopback(hostOf(at))
		if at != "" {
			all = append(all, at)
		}
	}
	return strings.Join(all, ", "), remote
}

// hostPort is HOST:PORT or HOST, without anything before or behind it.
var hostPort = regexp.MustCompile(`^(\[[0-9A-Fa-f:.]+(%[0-9A-Za-z]+)?\]|[0-9A-Za-z._-]*)(:[0-9]{1,5})?$`)

func hostOf(address string) string {
	address = withoutSecrets(address)
	if _, after, ok := strings.Cut(address, "://"); ok {
		address = after
	}
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return strings.Trim(address, "[]")
}

// withoutSecrets is scheme, host and port of an address, each where it is there. User,
// path and parameters may hold a credential, and so may what is no address: of that
// nothing is left.
func withoutSecrets(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		scheme, rest = "", address
	}
	if scheme == "dns" || scheme == "passthrough" { // of gRPC: dns:///HOST:PORT
		rest = strings.TrimPrefix(rest, "/")
	}
	rest = rest[:strings.IndexAny(rest+"/", "/?#")]
	rest = rest[strings.LastIndex(rest, "@")+1:]
	switch {
	case !hostPort.MatchString(rest) || rest == "" || !schemeName.MatchString(scheme):
		return ""
	case scheme == "":
		return rest
	}
	return scheme + "://" + rest
}

var schemeName = regexp.MustCompile(`^[a-z0-9+.-]*$`)
