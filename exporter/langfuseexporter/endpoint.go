package langfuseexporter

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Paths of Langfuse's API.
const (
	apiPath      = "/api/public"
	tracesPath   = apiPath + "/otel/v1/traces"
	projectsPath = apiPath + "/projects"
	healthPath   = apiPath + "/health"
	mediaPath    = apiPath + "/media"
)

// regions of Langfuse's cloud.
var regions = map[string]string{
	"eu": "https://cloud.langfuse.com", "us": "https://us.cloud.langfuse.com", "jp": "https://jp.cloud.langfuse.com",
	"hipaa": "https://hipaa.cloud.langfuse.com",
}

var regionNames = []string{"eu", "us", "jp", "hipaa"}

// paths are what people append to the address: the base of an OTLP exporter, or
// the whole route. The longest come first.
var paths = []string{tracesPath, apiPath + "/otel/v1", apiPath + "/otel", apiPath}

// baseURL returns the address of a server without its paths. where is put
// before the keys in errors.
func baseURL(endpoint, region, where string) (string, error) {
	endpoint = bare(endpoint)
	switch {
	case endpoint != "" && region != "":
		return "", fmt.Errorf("%sregion: stands beside endpoint; remove one of them", where)
	case endpoint == "" && region == "":
		return regions["eu"], nil
	case region != "":
		if !slices.Contains(regionNames, region) {
			return "", fmt.Errorf("%sregion: %q is not one of %q", where, region, regionNames)
		}
		return regions[region], nil
	}
	if !strings.Contains(endpoint, "://") {
		endpoint = "https://" + endpoint
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("%sendpoint: is no address of a server, such as https://cloud.langfuse.com", where)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%sendpoint: may have no user, query or fragment; keys go to public_key and secret_key", where)
	}
	if host := u.Hostname(); host == "langfuse.com" || strings.HasSuffix(host, ".langfuse.com") {
		u.Scheme = "https"
	}
	path := strings.TrimRight(u.Path, "/")
	for _, suffix := range paths {
		if rest, ok := strings.CutSuffix(path, suffix); ok {
			path = strings.TrimRight(rest, "/")
			break
		}
	}
	u.Path, u.RawPath = path, ""
	return u.String(), nil
}

// bare is a value as it was meant: files of variables keep blanks, and those of
// Docker and Kubernetes also quotes.
func bare(value string) string {
	value = strings.TrimSpace(value)
	if n := len(value); n >= 2 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
		value = strings.TrimSpace(value[1 : n-1])
	}
	return value
}

// keyPair is a public and a secret key.
type keyPair struct{ public, secret string }

func (k *KeysConfig) isEmpty() bool { return k.PublicKey == "" && k.SecretKey == "" && k.APIKey == "" }

// pair returns the keys. where is put before the keys of the configuration in
// errors.
func (k *KeysConfig) pair(where string) (keyPair, error) {
	pair := keyPair{bare(string(k.PublicKey)), bare(string(k.SecretKey))}
	if pair.public == "" && pair.secret == "" && k.APIKey != "" {
		public, secret, _ := strings.Cut(bare(string(k.APIKey)), ":")
		pair = keyPair{bare(public), bare(secret)}
		if pair.public == "" || pair.secret == "" {
			return pair, fmt.Errorf("%sapi_key: is not of the form public:secret", where)
		}
	}
	switch {
	case pair.public == "" && pair.secret == "":
		return pair, fmt.Errorf("%spublic_key, %ssecret_key: are missing; Langfuse shows them in the settings of the project", where, where)
	case pair.public == "":
		return pair, fmt.Errorf("%spublic_key: is missing beside secret_key", where)
	case pair.secret == "":
		return pair, fmt.Errorf("%ssecret_key: is missing beside public_key", where)
	case strings.HasPrefix(pair.public, "sk-lf-"), strings.HasPrefix(pair.secret, "pk-lf-"):
		return pair, fmt.Errorf("%spublic_key, %ssecret_key: are swapped; the public key begins with pk-lf-", where, where)
	case strings.Contains(pair.public, ":") || strings.Contains(pair.secret, ":"):
		return pair, errors.New(where + "public_key, secret_key: a key has no colon")
	}
	return pair, nil
}

// authorization is the header of a pair.
func (p keyPair) authorization() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(p.public+":"+p.secret))
}
