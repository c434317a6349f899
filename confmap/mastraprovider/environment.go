package mastraprovider

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// environment reads variables and collects what is wrong with them.
type environment struct {
	lookup   func(string) string
	errs     []error
	warnings []string
}

func (e *environment) set(name string) bool { return e.lookup(name) != "" }

// wrong never has the value where that may be a secret; callers say what is
// understood.
func (e *environment) wrong(name, format string, args ...any) {
	e.errs = append(e.errs, fmt.Errorf(name+": "+format, args...))
}

// flag reads a variable that is true or false.
func (e *environment) flag(name string, unset bool) bool {
	switch value := e.lookup(name); strings.ToLower(value) {
	case "":
		return unset
	case "true", "1":
		return true
	case "false", "0":
		return false
	default:
		e.wrong(name, "%q is neither true nor false", value)
		return unset
	}
}

func (e *environment) enabled() bool { return e.flag("MASTRA_OBSERVABILITY_ENABLED", true) }

// samplingPercentage is nil where nothing is said: then each destination's own
// variable holds.
func (e *environment) samplingPercentage() *float64 {
	const name = "MASTRA_OBSERVABILITY_SAMPLING"
	percentage := 100.0
	switch value := e.lookup(name); value {
	case "":
		return nil
	case "always":
	case "never":
		percentage = 0
	default:
		fraction, err := strconv.ParseFloat(value, 64)
		if err != nil || !(fraction >= 0 && fraction <= 1) { // NaN is neither
			e.wrong(name, "%q is not one of always, never, and a fraction from 0 to 1", value)
			return nil
		}
		percentage = 100 * fraction
	}
	return &percentage
}

// first returns the name of the first of some variables that is set.
func (e *environment) first(names ...string) string {
	i := slices.IndexFunc(names, e.set)
	if i < 0 {
		return ""
	}
	return names[i]
}

// reference is how a configuration refers to a variable, so that no secret is
// in what the provider returns.
func reference(name string) string { return "${env:" + name + "}" }

// signalPath is what the OTLP exporter adds to a base URL.
var signalPath = regexp.MustCompile(`/v1/(traces|logs|metrics)/*$`)

// baseURL reads a variable that is a base URL of OTLP over HTTP. What is not one
// would start, and then fail at each request, or show its password in logs.
func (e *environment) baseURL(name, userTo string) *url.URL {
	parsed, err := url.Parse(e.lookup(name))
	switch {
	case err != nil || (parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Host == "":
		e.wrong(name, "is not a URL that begins with https:// or http://")
	case parsed.User != nil:
		e.wrong(name, "has a user in it, which logs would show; put it into %s", userTo)
	case strings.ContainsAny(e.lookup(name), "?#"):
		e.wrong(name, "has a ? or # in it; it is a base URL, to which /v1/traces and so on are added")
	case signalPath.MatchString(parsed.Path):
		e.wrong(name, "ends in %s, which is added; leave it out", strings.TrimRight(signalPath.FindString(parsed.Path), "/"))
	default:
		return parsed
	}
	return nil
}

// secrets finds what files leave at the end of a secret: no HTTP header takes a
// line break, and no server a key with a space.
func (e *environment) secrets(names ...string) {
	for _, name := range names {
		if value := e.lookup(name); value != strings.TrimSpace(value) || strings.ContainsFunc(value, unicode.IsControl) {
			e.wrong(name, "has a space or line break at its end, its beginning or in it; take that out")
		}
	}
}

// isThisCollector says whether an address is one that the collector itself
// listens on: sending there would go round in circles.
func (e *environment) isThisCollector(address *url.URL) bool {
	host := strings.ToLower(address.Hostname())
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback() && !ip.IsUnspecified()) && host != strings.Trim(e.lookup("OTELCOL_LISTEN_HOST"), "[]") {
		return false
	}
	own := func(name, otherwise string) string {
		if port := e.lookup(name); port != "" {
			return port
		}
		return otherwise
	}
	port := address.Port()
	return port == own("OTELCOL_HTTP_PORT", "4318") || port == own("OTELCOL_GRPC_PORT", "4317")
}
