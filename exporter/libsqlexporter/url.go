package libsqlexporter

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path"
	"slices"
	"strings"
)

// target is where a URL leads: to a file or to a server.
type target struct {
	file   string   // path of a database file
	server *url.URL // http or https
	// note says what was understood where the URL could mean something else.
	note string
}

// databaseSuffixes are file name endings by which libsql://NAME is known for a
// file.
var databaseSuffixes = []string{".db", ".sqlite", ".sqlite3", ".db3"}

// serverSchemes are the schemes of a server, with the one that is spoken.
var serverSchemes = map[string]string{"libsql": "https", "https": "https", "http": "http", "wss": "https", "ws": "http"}

// parseURL reads the key url. Its errors do not repeat what may be a token.
func parseURL(text string) (target, error) {
	scheme, rest, ok := strings.Cut(text, ":")
	scheme = strings.ToLower(scheme)
	switch {
	case text == "":
		return target{}, errors.New("url: is empty; name a file, such as file:./otelcol-traces.db")
	case !ok:
		return target{}, fmt.Errorf("url: %q has no scheme; a file is file:%s", text, text)
	case scheme == "file":
		return parseFile(rest)
	case scheme == "libsql" && isFileName(strings.TrimPrefix(rest, "//")):
		name := strings.TrimPrefix(rest, "//")
		return target{file: name, note: "libsql://" + name + " names a file, not a server"}, nil
	case scheme == "libsql" && isPath(strings.TrimPrefix(rest, "//")):
		name, _, _ := strings.Cut(strings.TrimPrefix(rest, "//"), "?")
		return target{}, fmt.Errorf("url: libsql://%s names no host; a file is file:%s", name, name)
	case serverSchemes[scheme] != "":
		return parseServer(scheme, text)
	}
	return target{}, fmt.Errorf("url: scheme %q is not known; use file:PATH, libsql://HOST, https://HOST or http://HOST:PORT", scheme)
}

// isFileName reports whether libsql://NAME means a file: Mastra's
// MASTRA_OBSERVABILITY_STORAGE has this form.
func isFileName(host string) bool {
	return !strings.ContainsAny(host, "/:?@") && slices.ContainsFunc(databaseSuffixes, func(suffix string) bool {
		return strings.HasSuffix(host, suffix)
	})
}

// isPath reports whether what stands where a host belongs can only be a path.
func isPath(host string) bool {
	return strings.HasPrefix(host, "./") || strings.HasPrefix(host, "../") || len(host) > 1 && host[0] == '/'
}

func parseServer(scheme, text string) (target, error) {
	u, err := url.Parse(text)
	if err != nil {
		return target{}, errors.New("url: cannot be read as a URL")
	}
	if u.Host == "" {
		return target{}, fmt.Errorf("url: %s: names no host", scheme)
	}
	if u.User != nil {
		return target{}, errors.New("url: has a user or password in it; put the token into auth_token")
	}
	spoken := serverSchemes[scheme]
	for key, values := range u.Query() {
		switch {
		case strings.EqualFold(key, "authToken") || strings.EqualFold(key, "jwt"):
			return target{}, errors.New("url: has a token in it; put it into auth_token")
		case key == "tls" && scheme == "libsql" && len(values) == 1 && (values[0] == "0" || values[0] == "1"):
			if values[0] == "1" {
				break
			}
			if u.Port() == "" {
				return target{}, errors.New("url: tls=0 needs a port: libsql://HOST:PORT?tls=0")
			}
			spoken = "http"
		default:
			return target{}, fmt.Errorf("url: option %q is not understood; only libsql://HOST:PORT?tls=0 has one", key)
		}
	}
	at := target{server: &url.URL{Scheme: spoken, Host: u.Host, Path: strings.TrimRight(u.Path, "/")}}
	if scheme == "ws" || scheme == "wss" {
		at.note = "url: " + scheme + " is spoken as " + spoken + ", libSQL servers answer both on the same port"
	}
	return at, nil
}

// isPublicPlain reports whether what is sent to the server can be read on the
// way.
func (t target) isPublicPlain() bool {
	if t.server.Scheme != "http" {
		return false
	}
	host := t.server.Hostname()
	ip := net.ParseIP(host)
	return host != "localhost" && (ip == nil || !ip.IsLoopback())
}

func parseFile(rest string) (target, error) {
	if strings.Contains(rest, ":memory:") {
		return target{}, errors.New("url: a database in memory is lost with the process; name a file, such as file:./otelcol-traces.db")
	}
	if name, query, ok := strings.Cut(rest, "?"); ok {
		return target{}, fmt.Errorf("url: %q after the file name is not understood; remove it (file:%s) and use the keys under file", "?"+query, name)
	}
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		host, file, _ := strings.Cut(after, "/")
		if host != "" && host != "localhost" {
			return target{}, fmt.Errorf("url: file://%s names the host %q; an absolute path is file:///%s, a relative one file:%s", after, host, after, after)
		}
		rest = "/" + file
	}
	name, err := url.PathUnescape(rest)
	if err != nil {
		return target{}, fmt.Errorf("url: a %% in a file name is written %%25: %w", err)
	}
	if name == "" || name == "/" || strings.HasSuffix(name, "/") || path.Base(name) == "." {
		return target{}, fmt.Errorf("url: file:%s names no file", rest)
	}
	return target{file: name}, nil
}
