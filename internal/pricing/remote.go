package pricing

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// Remote is a price list on the network: in the format of this package, or the data file of genai-prices.
type Remote struct {
	// URL of the list. Empty is none.
	URL string
	// AllowInsecure permits http.
	AllowInsecure bool
	// Interval between two fetches; zero or less fetches once.
	Interval time.Duration
	// Timeout of one fetch. Zero is 10 seconds.
	Timeout time.Duration
	// MaxBytes is the largest list. Zero is 20 MiB.
	MaxBytes int64
	// CacheFile keeps the last good list for a restart without a network. Empty keeps nothing.
	CacheFile string
	// Client makes the requests; nil is a client that follows redirects to permitted addresses only.
	Client *http.Client
}

const (
	defaultTimeout  = 10 * time.Second
	defaultMaxBytes = 20 << 20
)

func (r *Remote) validate() error {
	if r.URL == "" {
		return nil
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return errors.New("prices_url: not a URL") // the URL may hold a password
	}
	return r.permitted(u)
}

func (r *Remote) permitted(u *url.URL) error {
	switch {
	case u.Host == "":
		return errors.New("prices_url: no host")
	case u.Scheme == "https", u.Scheme == "http" && r.AllowInsecure:
		return nil
	case u.Scheme == "http":
		return errors.New("prices_url: http is not permitted: use https, or set allow_insecure")
	default:
		return fmt.Errorf("prices_url: scheme %q is not https", u.Scheme)
	}
}

// remoteState is what is remembered between fetches.
type remoteState struct {
	layer    *Layer
	etag     string
	modified string
	body     []byte
}

// remoteCache is the cache file: the list with what the next request and the age of the list need.
type remoteCache struct {
	URLHash      string    `json:"url_sha256"` // the URL itself may hold a password
	ETag         string    `json:"etag,omitempty"`
	LastModified string    `json:"last_modified,omitempty"`
	Fetched      time.Time `json:"fetched"`
	Body         []byte    `json:"body"`
}

// Refresh fetches the list and, when it changed, replaces the catalogue. On any error the catalogue stays as it was.
func (s *Store) Refresh(ctx context.Context) (changed bool, warnings []string, err error) {
	remote := &s.config.Remote
	if remote.URL == "" {
		return false, nil, nil
	}
	s.mu.Lock()
	state := s.remote
	s.mu.Unlock()

	fetched, err := remote.fetch(ctx, &state)
	if err != nil {
		return false, nil, fmt.Errorf("prices_url: %w", err)
	}
	if fetched == nil || state.layer != nil && bytes.Equal(fetched.Body, state.body) {
		return false, nil, nil
	}
	layer, err := fetched.parse()
	if err != nil {
		return false, nil, fmt.Errorf("prices_url: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.swap(func() { s.remote.layer = layer }); err != nil {
		return false, nil, fmt.Errorf("prices_url: %w", err)
	}
	s.remote = remoteState{layer: layer, etag: fetched.ETag, modified: fetched.LastModified, body: fetched.Body}
	if err := remote.save(fetched); err != nil {
		return true, layer.Warnings(), fmt.Errorf("cache_file: %w", err)
	}
	return true, layer.Warnings(), nil
}

// fetch returns nil when the server says that the list is the same.
func (r *Remote) fetch(ctx context.Context, state *remoteState) (*remoteCache, error) {
	timeout := r.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, http.NoBody)
	if err != nil {
		return nil, errors.New("not a URL")
	}
	req.Header.Set("Accept", "application/json")
	if state.layer != nil {
		if state.etag != "" {
			req.Header.Set("If-None-Match", state.etag)
		}
		if state.modified != "" {
			req.Header.Set("If-Modified-Since", state.modified)
		}
	}
	resp, err := r.client().Do(req)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusNotModified:
		return nil, nil
	case http.StatusOK:
	default:
		return nil, fmt.Errorf("the server answered %d", resp.StatusCode)
	}
	limit := r.MaxBytes
	if limit <= 0 {
		limit = defaultMaxBytes
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, withoutURL(err)
	}
	if int64(len(body)) > limit {
		return nil, fmt.Errorf("the list is larger than %d bytes: raise refresh_max_bytes if that is right", limit)
	}
	return &remoteCache{
		URLHash: r.hash(), ETag: resp.Header.Get("ETag"), LastModified: resp.Header.Get("Last-Modified"),
		Fetched: time.Now().UTC().Truncate(time.Second), Body: body,
	}, nil
}

func (r *Remote) hash() string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(r.URL)))
}

func (r *Remote) client() *http.Client {
	if r.Client != nil {
		return r.Client
	}
	return &http.Client{CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if len(via) >= 5 {
			return errors.New("more than 5 redirects")
		}
		return r.permitted(req.URL)
	}}
}

// withoutURL takes the address out of an error of net/http: it may hold a password.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// parse tells the formats apart: genai-prices is a list of providers, our format an object.
func (f *remoteCache) parse() (*Layer, error) {
	published := f.Fetched
	if t, err := http.ParseTime(f.LastModified); err == nil {
		published = t.UTC()
	}
	if body := bytes.TrimLeft(f.Body, " \t\r\n\ufeff"); len(body) > 0 && body[0] == '[' {
		return ParseGenAIPrices(body, published)
	}
	l, err := ParseLayer(f.Body, SourceURL)
	if err != nil {
		return nil, err
	}
	if l.Published.IsZero() {
		l.Published = published
	}
	return l, nil
}

// restore reads the cache file. A cache that is missing, broken or of another URL is as good as none.
func (s *remoteState) restore(r *Remote) {
	if r.URL == "" || r.CacheFile == "" {
		return
	}
	data, err := os.ReadFile(r.CacheFile)
	if err != nil {
		return
	}
	var cached remoteCache
	if err := json.Unmarshal(data, &cached); err != nil || cached.URLHash != r.hash() {
		return
	}
	layer, err := cached.parse()
	if err != nil {
		return
	}
	*s = remoteState{layer: layer, etag: cached.ETag, modified: cached.LastModified, body: cached.Body}
}

// save replaces the cache file in one step, so that a crash leaves the old one.
func (r *Remote) save(fetched *remoteCache) error {
	if r.CacheFile == "" {
		return nil
	}
	data, err := json.Marshal(fetched)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(r.CacheFile), filepath.Base(r.CacheFile)+".*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), r.CacheFile)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}
