package traceviewer

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed all:dist
var dist embed.FS

// asset is a file of the page, as it is and compressed.
type asset struct {
	contentType string
	etag        string
	immutable   bool              // its name changes with its content
	version     string            // the query that changes with its content, as the page asks for it
	forms       map[string][]byte // by content coding: "", gzip, br
}

// hashed are names with a hash of the content, as esbuild writes them: main-5FQHJ2KD.js.
var hashed = regexp.MustCompile(`[-.][A-Za-z0-9_]{8,}\.[a-z0-9]+$`)

// contentTypes are those of the page's files: the system's table may lack them.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".json": "application/json", ".txt": "text/plain; charset=utf-8",
}

// assets are the files of dist by path, read once. Where the build has compressed one
// (main.js.br, main.js.gz) that is taken, otherwise it is compressed here.
var assets = sync.OnceValues(func() (map[string]*asset, error) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return readAssets(files)
})

func readAssets(files fs.FS) (map[string]*asset, error) {
	found := map[string]*asset{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz") {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		a := &asset{
			contentType: contentTypes[path.Ext(name)], etag: base64.RawURLEncoding.EncodeToString(sum[:12]),
			immutable: hashed.MatchString(path.Base(name)), forms: map[string][]byte{"": content},
		}
		if a.contentType == "" {
			a.contentType = mime.TypeByExtension(path.Ext(name))
		}
		for coding, suffix := range map[string]string{"br": ".br", "gzip": ".gz"} {
			if compressed, err := fs.ReadFile(files, name+suffix); err == nil {
				a.forms[coding] = compressed
			}
		}
		if a.forms["gzip"] == nil {
			if compressed := gzipped(content); len(compressed) < len(content) {
				a.forms["gzip"] = compressed
			}
		}
		found[name] = a
		return nil
	})
	if index := found["index.html"]; index != nil {
		for _, reference := range versioned.FindAllSubmatch(index.forms[""], -1) {
			if a := found[string(reference[1])]; a != nil {
				a.version = string(reference[2])
			}
		}
	}
	return found, err
}

// versioned are names with a hash of the content behind them: /assets/app.js?v=569776af5579.
var versioned = regexp.MustCompile(`(?:src|href)="/([^"?]+)\?(v=[0-9A-Za-z_-]+)"`)

func gzipped(content []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is one that there is
	}
	_, _ = w.Write(content) // a buffer takes all
	_ = w.Close()
	return b.Bytes()
}

// page serves the files of the page, and its first one for the URLs of views.
func page(files map[string]*asset) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		a := files[name]
		if a == nil {
			if !isView(name) {
				refuse(w, http.StatusNotFound, "there is no such page")
				return
			}
			a = files["index.html"]
		}
		a.serve(w, r)
	})
}

// views are the first parts of the URLs that the page itself understands.
var views = []string{"", "traces", "sessions", "agents", "spend", "collector", "start", "search"}

func isView(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return slices.Contains(views, first)
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	coding := a.best(r.Header.Get("Accept-Encoding"))
	etag := `"` + a.etag + `"`
	if coding != "" {
		etag = `"` + a.etag + "-" + coding + `"`
	}
	h.Set("Content-Type", a.contentType)
	h.Set("ETag", etag)
	h.Add("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if a.immutable || a.version != "" && r.URL.RawQuery == a.version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if slices.Contains(strings.Split(strings.ReplaceAll(r.Header.Get("If-None-Match"), " ", ""), ","), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	h.Set("Content-Length", strconv.Itoa(len(a.forms[coding])))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.forms[coding])
	}
}

// best is the shortest form that a client takes.
// https://www.rfc-editor.org/rfc/rfc9110#field.accept-encoding
func (a *asset) best(accepted string) string {
	best := ""
	for entry := range strings.SplitSeq(accepted, ",") {
		coding, parameters, _ := strings.Cut(strings.TrimSpace(entry), ";")
		coding = strings.ToLower(strings.TrimSpace(coding))
		if q, ok := strings.CutPrefix(strings.ReplaceAll(parameters, " ", ""), "q="); ok {
			if weight, err := strconv.ParseFloat(q, 64); err != nil || weight == 0 {
				continue
			}
		}
		if content, ok := a.forms[coding]; ok && len(content) < len(a.forms[best]) {
			best = coding
		}
	}
	return best
}
