package pricing

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const acmeOne = `{"schema":1,"version":"acme-1","providers":[{"id":"acme","models":[{"id":"m","prices":[{"input":1}]}]}]}`

func writeFile(tb testing.TB, path, text string) {
	tb.Helper()
	require.NoError(tb, os.WriteFile(path, []byte(text), 0o600))
}

// total is the price of a million input tokens, or -1 when there is none.
func total(s *Store, provider, model string) float64 {
	got, reason := s.Catalog().Price(Query{
		Provider: provider, RequestModel: model, Time: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC), Usage: Usage{Input: 1_000_000},
	})
	if reason != Priced {
		return -1
	}
	return got.Total
}

func TestAPriceFileIsReloadedWhenItsContentChanges(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prices.json")
	writeFile(t, path, acmeOne)
	s, err := OpenStore(StoreConfig{File: path})
	require.NoError(t, err)
	assert.InEpsilon(t, 1.0, total(s, "acme", "m"), exactly)
	assert.InEpsilon(t, 2.5, total(s, "openai", "gpt-4o"), exactly, "the embedded list is still there")

	changed, err := s.Reload()
	require.NoError(t, err)
	assert.False(t, changed)

	require.NoError(t, os.Chtimes(path, time.Now(), time.Now().Add(time.Hour)))
	changed, err = s.Reload()
	require.NoError(t, err)
	assert.False(t, changed, "a new time of modification is no change")

	writeFile(t, path, strings.Replace(acmeOne, `"input":1`, `"input":2`, 1))
	changed, err = s.Reload()
	require.NoError(t, err)
	assert.True(t, changed)
	assert.InEpsilon(t, 2.0, total(s, "acme", "m"), exactly)
}

func TestABadPriceFileKeepsTheOldCatalogueAndIsReportedOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prices.json")
	writeFile(t, path, acmeOne)
	s, err := OpenStore(StoreConfig{File: path})
	require.NoError(t, err)
	before := s.Catalog()

	for _, tt := range []struct{ text, want string }{
		{strings.Replace(acmeOne, `"input":1`, `"input":-1`, 1), "providers.acme.models.m.prices[0].input: price -1 is negative"},
		{strings.Replace(acmeOne, `"input"`, `"inptu"`, 1), `unknown key "inptu", did you mean "input"?`},
		{`{"schema":1,"tiers":[{"provider":"acme","tier":"flex","factor":0.5}]}`, `tiers: provider "acme" is not in the list`},
		{"", "the file is empty"},
	} {
		writeFile(t, path, tt.text)
		changed, err := s.Reload()
		assert.False(t, changed)
		require.ErrorContains(t, err, tt.want)
		changed, err = s.Reload()
		assert.False(t, changed)
		require.NoError(t, err, "the same file is not reported again")
		assert.Same(t, before, s.Catalog())
	}

	require.NoError(t, os.Remove(path))
	_, err = s.Reload()
	require.Error(t, err)
	_, err = s.Reload()
	require.NoError(t, err)
	assert.Same(t, before, s.Catalog())

	writeFile(t, path, strings.Replace(acmeOne, `"input":1`, `"input":3`, 1))
	changed, err := s.Reload()
	require.NoError(t, err)
	assert.True(t, changed)
	assert.InEpsilon(t, 3.0, total(s, "acme", "m"), exactly)
}

func TestAMistakeAtStartIsAnErrorThatNamesTheEntry(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.yaml")
	writeFile(t, bad, "schema: 1\nproviders: [{id: acme, models: [{id: m, prices: [{input: -1}]}]}]")
	tests := map[string]struct {
		config StoreConfig
		want   string
	}{
		"a missing file":        {StoreConfig{File: filepath.Join(dir, "none.yaml")}, "prices_file: open "},
		"a bad file":            {StoreConfig{File: bad}, "providers.acme.models.m.prices[0].input: price -1 is negative"},
		"a bad setting":         {StoreConfig{Settings: Settings{Overrides: []Override{{Model: "m"}}}}, "overrides[0]: neither a price nor a multiplier"},
		"plain http":            {StoreConfig{Remote: Remote{URL: "http://prices.example.com/x.json"}}, "prices_url: http is not permitted: use https, or set allow_insecure"},
		"another scheme":        {StoreConfig{Remote: Remote{URL: "file:///etc/passwd"}}, "prices_url: no host"},
		"a scheme with a host":  {StoreConfig{Remote: Remote{URL: "ftp://prices.example.com/x.json"}}, `prices_url: scheme "ftp" is not https`},
		"an alias without base": {StoreConfig{WithoutEmbedded: true, Settings: Settings{Aliases: []Alias{{Match: "x", Model: "gpt-4o", TargetProvider: "openai"}}}}, `provider "openai" is not in the price list`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := OpenStore(tt.config)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

func TestWithoutTheEmbeddedListsOnlyTheOperatorsPricesCount(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prices.json")
	writeFile(t, path, acmeOne)
	s, err := OpenStore(StoreConfig{WithoutEmbedded: true, File: path})
	require.NoError(t, err)
	assert.InEpsilon(t, 1.0, total(s, "acme", "m"), exactly)
	assert.InDelta(t, -1.0, total(s, "openai", "gpt-4o"), 0)
	assert.Equal(t, 1, s.Catalog().Models())
}

// priceServer serves a list with an ETag and counts requests and answers without a body.
type priceServer struct {
	mu       sync.Mutex
	body     string
	modified string
	status   int
	requests atomic.Int64
	same     atomic.Int64
}

func (p *priceServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.requests.Add(1)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.status != 0 {
		w.WriteHeader(p.status)
		return
	}
	etag := `"` + p.body[:min(len(p.body), 4)] + strings.Repeat("x", len(p.body)%7) + `"`
	w.Header().Set("ETag", etag)
	if p.modified != "" {
		w.Header().Set("Last-Modified", p.modified)
	}
	if r.Header.Get("If-None-Match") == etag {
		p.same.Add(1)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write([]byte(p.body))
}

func (p *priceServer) set(body string, status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.body, p.status = body, status
}

func TestARemoteListIsFetchedWithItsETagAndKeptForARestart(t *testing.T) {
	handler := &priceServer{body: acmeOne}
	server := httptest.NewTLSServer(handler)
	defer server.Close()
	cache := filepath.Join(t.TempDir(), "prices.cache")
	config := StoreConfig{Remote: Remote{URL: server.URL + "/list.json", CacheFile: cache, Client: server.Client()}}

	s, err := OpenStore(config)
	require.NoError(t, err)
	assert.Zero(t, handler.requests.Load(), "opening touches no network")
	assert.InDelta(t, -1.0, total(s, "acme", "m"), 0)

	changed, _, err := s.Refresh(t.Context())
	require.NoError(t, err)
	assert.True(t, changed)
	assert.InEpsilon(t, 1.0, total(s, "acme", "m"), exactly)

	changed, _, err = s.Refresh(t.Context())
	require.NoError(t, err)
	assert.False(t, changed)
	assert.Equal(t, int64(1), handler.same.Load())

	handler.set("", http.StatusInternalServerError)
	restarted, err := OpenStore(config)
	require.NoError(t, err)
	assert.InEpsilon(t, 1.0, total(restarted, "acme", "m"), exactly, "from the cache file")
	_, _, err = restarted.Refresh(t.Context())
	require.ErrorContains(t, err, "prices_url: the server answered 500")
	assert.InEpsilon(t, 1.0, total(restarted, "acme", "m"), exactly)

	handler.set(strings.Replace(acmeOne, `"input":1`, `"input":42`, 1), 0)
	changed, _, err = restarted.Refresh(t.Context())
	require.NoError(t, err)
	assert.True(t, changed)
	assert.InEpsilon(t, 42.0, total(restarted, "acme", "m"), exactly)

	config.Remote.URL += "?other"
	other, err := OpenStore(config)
	require.NoError(t, err)
	assert.InDelta(t, -1.0, total(other, "acme", "m"), 0, "the cache of another URL is none")
}

func TestABrokenRemoteListKeepsTheOldCatalogue(t *testing.T) {
	handler := &priceServer{body: acmeOne}
	server := httptest.NewTLSServer(handler)
	defer server.Close()
	s, err := OpenStore(StoreConfig{Remote: Remote{URL: server.URL, MaxBytes: 4096, Client: server.Client()}})
	require.NoError(t, err)
	_, _, err = s.Refresh(t.Context())
	require.NoError(t, err)
	before := s.Catalog()
	for _, tt := range []struct{ body, want string }{
		{"<html>", "prices_url: prices: expected an object"},
		{"[]", "prices_url: genai-prices data: no provider"},
		{`[{"id":"x","models":[{"id":"m","match":{"equals":"m"},"prices":7}]}]`, ""},
		{strings.Repeat(" ", 5000), "prices_url: the list is larger than 4096 bytes"},
		{`{"schema":1,"providers":[{"id":"acme","models":[{"id":"m","prices":[{"input":-1}]}]}]}`, "price -1 is negative"},
	} {
		handler.set(tt.body, 0)
		_, warnings, err := s.Refresh(t.Context())
		if tt.want == "" {
			require.NoError(t, err)
			assert.NotEmpty(t, warnings)
			before = s.Catalog()
			continue
		}
		require.ErrorContains(t, err, tt.want)
		assert.Same(t, before, s.Catalog())
	}
}

func TestAFetchHasADeadlineAndFollowsNoInsecureRedirect(t *testing.T) {
	t.Run("a server that never answers", func(t *testing.T) {
		stop := make(chan struct{})
		// Not until the client has gone: what the handler's end answers can still reach
		// a client that is about to close its connection.
		server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stop }))
		defer server.Close()
		defer close(stop)
		s, err := OpenStore(StoreConfig{Remote: Remote{URL: server.URL, Timeout: 50 * time.Millisecond, Client: server.Client()}})
		require.NoError(t, err)
		_, _, err = s.Refresh(t.Context())
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.NotContains(t, err.Error(), server.URL)
	})
	t.Run("a redirect to http", func(t *testing.T) {
		plain := httptest.NewServer(&priceServer{body: acmeOne})
		defer plain.Close()
		secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
		defer secure.Close()
		remote := Remote{URL: secure.URL}
		client := remote.client()
		client.Transport = secure.Client().Transport
		remote.Client = client
		s, err := OpenStore(StoreConfig{Remote: remote})
		require.NoError(t, err)
		_, _, err = s.Refresh(t.Context())
		require.ErrorContains(t, err, "http is not permitted")
	})
}

func TestABrokenCacheFileIsAsGoodAsNone(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "prices.cache")
	for _, text := range []string{"", "{", `{"url_sha256":"x"}`, "\x00\x01"} {
		writeFile(t, cache, text)
		s, err := OpenStore(StoreConfig{Remote: Remote{URL: "https://prices.example.com/x.json", CacheFile: cache}})
		require.NoError(t, err)
		assert.InEpsilon(t, 2.5, total(s, "openai", "gpt-4o"), exactly)
	}
}

func TestRunReportsChangesAndEndsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prices.json")
	writeFile(t, path, acmeOne)
	handler := &priceServer{body: strings.ReplaceAll(acmeOne, "acme", "remote")}
	server := httptest.NewTLSServer(handler)
	defer server.Close()
	s, err := OpenStore(StoreConfig{
		File: path, ReloadInterval: time.Millisecond,
		Remote: Remote{URL: server.URL, Client: server.Client()},
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	events := make(chan Event, 16)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Run(ctx, func(e Event) { events <- e })
	}()
	next := func() Event {
		select {
		case e := <-events:
			return e
		case <-time.After(10 * time.Second):
			require.FailNow(t, "no event")
			return Event{}
		}
	}
	e := next()
	assert.Equal(t, SourceURL, e.Source)
	assert.True(t, e.Changed)
	assert.InEpsilon(t, 1.0, total(s, "remote", "m"), exactly)

	writeFile(t, path, strings.Replace(acmeOne, `"input":1`, `"input":9`, 1))
	for total(s, "acme", "m") < 9 { // a half-written file may be seen first
		e = next()
		assert.Equal(t, SourceFile, e.Source)
	}
	cancel()
	<-done
}

func TestPricesMayBeReadWhileTheyAreReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prices.json")
	writeFile(t, path, acmeOne)
	s, err := OpenStore(StoreConfig{WithoutEmbedded: true, File: path})
	require.NoError(t, err)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if got := total(s, "acme", "m"); got != 1 && got != 2 {
						t.Errorf("a price of %v was never in the file", got)
						return
					}
				}
			}
		})
	}
	for i := range 50 {
		writeFile(t, path+".new", strings.Replace(acmeOne, `"input":1`, `"input":`+string('1'+rune(i%2)), 1))
		require.NoError(t, os.Rename(path+".new", path))
		_, err := s.Reload()
		require.NoError(t, err)
	}
	close(stop)
	wg.Wait()
}

func TestTheAgeIsThatOfTheNewestListOfPrices(t *testing.T) {
	now := time.Date(2026, 12, 22, 0, 0, 0, 0, time.UTC)
	age, known := embedded(t).Age(now)
	require.True(t, known)
	assert.Equal(t, 90*24*time.Hour, age, "from 2026-09-23, whatever the overlay's day")

	layers, err := EmbeddedLayers()
	require.NoError(t, err)
	c, err := Build(append(layers, mustLayer(t, SourceURL, "schema: 1\npublished: 2026-12-01"))...)
	require.NoError(t, err)
	age, _ = c.Age(now)
	assert.Equal(t, 21*24*time.Hour, age)

	c, err = Build(mustLayer(t, SourceFile, "schema: 1\npublished: 2026-12-21"))
	require.NoError(t, err)
	age, known = c.Age(now)
	assert.True(t, known)
	assert.Equal(t, 24*time.Hour, age)

	c, err = Build(mustLayer(t, SourceFile, "schema: 1"))
	require.NoError(t, err)
	_, known = c.Age(now)
	assert.False(t, known)
}
