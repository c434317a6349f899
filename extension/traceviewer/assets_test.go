package traceviewer

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func get(h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAssetsAreServedCompressedAndCached(t *testing.T) {
	script := strings.Repeat("console.log('x');", 200)
	files, err := readAssets(fstest.MapFS{
		"index.html":              {Data: []byte("<!doctype html><title>x</title><link href=\"/assets/plain.css?v=1a2b\">" + strings.Repeat(" ", 200))},
		"assets/main-5FQHJ2KD.js": {Data: []byte(script)}, "assets/main-5FQHJ2KD.js.br": {Data: []byte("brotli")},
		"assets/plain.css": {Data: []byte("a{}")},
	})
	require.NoError(t, err)
	h := page(files)

	w := get(h, "GET", "/assets/main-5FQHJ2KD.js", "Accept-Encoding", "gzip, deflate, br;q=1.0")
	assert.Equal(t, "br", w.Header().Get("Content-Encoding"))
	assert.Equal(t, "brotli", w.Body.String())
	assert.Equal(t, "public, max-age=31536000, immutable", w.Header().Get("Cache-Control"))
	assert.Equal(t, "text/javascript; charset=utf-8", w.Header().Get("Content-Type"))
	assert.Equal(t, "Accept-Encoding", w.Header().Get("Vary"))

	w = get(h, "GET", "/assets/main-5FQHJ2KD.js", "Accept-Encoding", "gzip;q=0.5, br;q=0")
	assert.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
	reader, err := gzip.NewReader(w.Body)
	require.NoError(t, err)
	plain, err := io.ReadAll(reader)
	require.NoError(t, err)
	assert.Equal(t, script, string(plain))

	w = get(h, "GET", "/assets/main-5FQHJ2KD.js")
	assert.Empty(t, w.Header().Get("Content-Encoding"))
	assert.Equal(t, script, w.Body.String())
	again := get(h, "GET", "/assets/main-5FQHJ2KD.js", "If-None-Match", `"x", `+w.Header().Get("ETag"))
	assert.Equal(t, http.StatusNotModified, again.Code)
	assert.Zero(t, again.Body.Len())
	head := get(h, "HEAD", "/assets/main-5FQHJ2KD.js")
	assert.Zero(t, head.Body.Len())
	assert.Equal(t, w.Header().Get("Content-Length"), head.Header().Get("Content-Length"))

	for target, want := range map[string]string{
		"/assets/plain.css": "no-cache", "/assets/plain.css?v=1a2b": "public, max-age=31536000, immutable", "/assets/plain.css?v=0000": "no-cache",
	} {
		assert.Equal(t, want, get(h, "GET", target).Header().Get("Cache-Control"), target)
	}
}

func TestViewsAreThePageAndOtherPathsAreNot(t *testing.T) {
	files, err := assets()
	require.NoError(t, err)
	h := page(files)
	index := get(h, "GET", "/index.html").Body.Bytes()
	require.Contains(t, string(index), "<!doctype html>")
	for _, view := range []string{"/", "/traces", "/traces/0123?span=4567", "/traces/a%2Fb", "/sessions/a/b", "/sessions", "/agents", "/spend", "/collector", "/start"} {
		w := get(h, "GET", view)
		assert.Equal(t, http.StatusOK, w.Code, view)
		assert.True(t, bytes.Equal(index, w.Body.Bytes()), view)
		assert.Equal(t, "no-cache", w.Header().Get("Cache-Control"))
	}
	for _, missing := range []string{"/assets/none.js", "/.git/config", "/tracesx", "/favicon.png", "/wp-login.php"} {
		assert.Equal(t, http.StatusNotFound, get(h, "GET", missing).Code, missing)
	}
}

// remote finds what a browser would ask elsewhere for: an attribute or an import with a URL.
var remote = regexp.MustCompile(`(?i)(?:src|href|action)\s*=\s*["']?(?:https?:)?//|@import\s+["']|url\(\s*["']?(?:https?:)?//|from\s*["']https?://|import\(["']https?://`)

// TestThePageIsWhole: it asks nobody else, has no script or style of its own in the HTML,
// which its policy forbids, and all that its HTML names is there.
func TestThePageIsWhole(t *testing.T) {
	files, err := fs.Sub(dist, "dist")
	require.NoError(t, err)
	index, err := fs.ReadFile(files, "index.html")
	require.NoError(t, err)
	assert.NotRegexp(t, `(?is)<script[^>]*>\s*[^<\s]`, string(index), "a script in the HTML")
	assert.NotRegexp(t, `(?i)<style|\sstyle=|\son[a-z]+=`, string(index))
	for _, found := range regexp.MustCompile(`(?:src|href)="(/[^"]*)"`).FindAllStringSubmatch(string(index), -1) {
		name, _, _ := strings.Cut(found[1], "?")
		_, err := fs.Stat(files, strings.TrimPrefix(name, "/"))
		assert.NoError(t, err, found[1])
	}
	require.NoError(t, fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz") {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if path.Ext(name) != ".js" { // a browser holds scripts to the policy
			assert.False(t, remote.Match(content), name)
		}
		return err
	}))
}
