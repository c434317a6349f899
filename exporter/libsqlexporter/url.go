package libsqlexporter

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"
)

// target is where a URL leads.
type target struct {
	file string // path of a database file
	// note says what was understood where the URL could mean something else.
	note string
}

// databaseSuffixes are file name endings by which libsql://NAME is known for a
// file.
var databaseSuffixes = []string{".db", ".sqlite", ".sqlite3", ".db3"}

// parseURL reads the key url.
func parseURL(text string) (target, error) {
	scheme, rest, ok := strings.Cut(text, ":")
	switch {
	case text == "":
		return target{}, errors.New("url: is empty; name a file, such as file:./otelcol-traces.db")
	case !ok:
		return target{}, fmt.Errorf("url: %q has no scheme; a file is file:%s", text, text)
	}
	switch strings.ToLower(scheme) {
	case "file":
		return parseFile(rest)
	case "libsql":
		host := strings.TrimPrefix(rest, "//")
		for _, suffix := range databaseSuffixes {
			if strings.HasSuffix(host, suffix) && !strings.ContainsAny(host, "/:?@") {
				// Mastra's MASTRA_OBSERVABILITY_STORAGE has this form.
				return target{file: host, note: "libsql://" + host + " names a file, not a server"}, nil
			}
		}
		return target{}, errNoServers
	case "http", "https", "ws", "wss":
		return target{}, errNoServers
	}
	return target{}, fmt.Errorf("url: scheme %q is not known; use file:PATH", scheme)
}

// errNoServers names what this release does not do yet, without the URL, which
// may hold a token.
var errNoServers = errors.New("url: this release stores traces in files only, a libSQL server is not supported yet; use file:PATH")

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
