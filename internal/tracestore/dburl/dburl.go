// Package dburl reads the URL of a trace store.
package dburl

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Target is where a URL leads: to a file or to a server.
type Target struct {
	File   string   // path of a database file, "" for a server
	Server *url.URL // http or https, nil for a file
	// Note says what was understood where the URL could mean something else.
	Note string
}

// databaseSuffixes are file name endings by which libsql://NAME is known for a
// file.
var databaseSuffixes = []string{".db", ".sqlite", ".sqlite3", ".db3"}

// serverSchemes are the schemes of a server, with the one that is spoken.
var serverSchemes = map[string]string{"libsql": "https", "https": "https", "http": "http", "wss": "https", "ws": "http"}

// Parse reads file:PATH, libsql://HOST, https://HOST or http://HOST:PORT. Its errors
// begin with the key url and do not repeat what may be a token.
func Parse(text string) (Target, error) {
	scheme, rest, ok := strings.Cut(text, ":")
	scheme = strings.ToLower(scheme)
	switch {
	case text == "":
		return Target{}, errors.New("url: is empty; name a file, such as file:./otelcol-traces.db")
	case !ok:
		return Target{}, fmt.Errorf("url: %q has no scheme; a file is file:%s", text, text)
	case scheme == "file":
		return parseFile(rest)
	case scheme == "libsql" && isFileName(strings.TrimPrefix(rest, "//")):
		name := strings.TrimPrefix(rest, "//")
		return Target{File: name, Note: "libsql://" + name + " names a file, not a server"}, nil
	case scheme == "libsql" && isPath(strings.TrimPrefix(rest, "//")):
		name, _, _ := strings.Cut(strings.TrimPrefix(rest, "//"), "?")
		return Target{}, fmt.Errorf("url: libsql://%s names no host; a file is file:%s", name, name)
	case serverSchemes[scheme] != "":
		return parseServer(scheme, text)
	}
	if !schemeName.MatchString(scheme) {
		return Target{}, errors.New("url: has no scheme that is known; use file:PATH, libsql://HOST, https://HOST or http://HOST:PORT")
	}
	return Target{}, fmt.Errorf("url: scheme %q is not known; use file:PATH, libsql://HOST, https://HOST or http://HOST:PORT", scheme)
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

func parseServer(scheme, text string) (Target, error) {
	u, err := url.Parse(text)
	if err != nil {
		return Target{}, errors.New("url: cannot be read as a URL")
	}
	if u.Host == "" {
		return Target{}, fmt.Errorf("url: %s: names no host", scheme)
	}
	if u.User != nil {
		return Target{}, errors.New("url: has a user or password in it; put the token into auth_token")
	}
	spoken := serverSchemes[scheme]
	for key, values := range u.Query() {
		switch {
		case strings.EqualFold(key, "authToken") || strings.EqualFold(key, "jwt"):
			return Target{}, errors.New("url: has a token in it; put it into auth_token")
		case key == "tls" && scheme == "libsql" && len(values) == 1 && (values[0] == "0" || values[0] == "1"):
			if values[0] == "1" {
				break
			}
			if u.Port() == "" {
				return Target{}, errors.New("url: tls=0 needs a port: libsql://HOST:PORT?tls=0")
			}
			spoken = "http"
		default:
			if !optionName.MatchString(key) || len(values) == 1 && values[0] == "" {
				return Target{}, errors.New("url: has an option that is not understood; only libsql://HOST:PORT?tls=0 has one")
			}
			return Target{}, fmt.Errorf("url: option %q is not understood; only libsql://HOST:PORT?tls=0 has one", key)
		}
	}
	at := Target{Server: &url.URL{Scheme: spoken, Host: u.Host, Path: strings.TrimRight(u.Path, "/")}}
	if scheme == "ws" || scheme == "wss" {
		at.Note = "url: " + scheme + " is spoken as " + spoken + ", libSQL servers answer both on the same port"
	}
	return at, nil
}

// What an error may repeat: a longer or odder word may be a token in the wrong place.
var (
	schemeName = regexp.MustCompile(`^[a-z][a-z0-9+-]{0,15}$`)
	optionName = regexp.MustCompile(`^[A-Za-z][A-Za-z_-]{0,23}$`)
)

// IsPublicPlain reports whether what is sent to the server can be read on the
// way.
func (t Target) IsPublicPlain() bool {
	if t.Server.Scheme != "http" {
		return false
	}
	host := t.Server.Hostname()
	ip := net.ParseIP(host)
	return host != "localhost" && (ip == nil || !ip.IsLoopback())
}

func parseFile(rest string) (Target, error) {
	if strings.Contains(rest, ":memory:") {
		return Target{}, errors.New("url: a database in memory is lost with the process; name a file, such as file:./otelcol-traces.db")
	}
	if name, _, ok := strings.Cut(rest, "?"); ok {
		if strings.Contains(name, "@") {
			name = "PATH"
		}
		return Target{}, fmt.Errorf("url: what stands after ? of %s is not understood; remove it and use the keys under file", "file:"+name)
	}
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		host, file, _ := strings.Cut(after, "/")
		if host != "" && host != "localhost" {
			if strings.Contains(host, "@") {
				return Target{}, errors.New("url: file:// names a host, with a user; an absolute path is file:///PATH, a relative one file:PATH")
			}
			return Target{}, fmt.Errorf("url: file://%s names the host %q; an absolute path is file:///%s, a relative one file:%s", after, host, after, after)
		}
		rest = "/" + file
	}
	name, err := url.PathUnescape(rest)
	if err != nil {
		return Target{}, fmt.Errorf("url: a %% in a file name is written %%25: %w", err)
	}
	if name == "" || name == "/" || strings.HasSuffix(name, "/") || path.Base(name) == "." {
		return Target{}, fmt.Errorf("url: file:%s names no file", rest)
	}
	return Target{File: name}, nil
}
