package langfusetest

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

// Sentences of the real server.
const (
	noHeader      = "No authorization header"
	badHeader     = "Invalid authorization header"
	confirmHost   = ". Confirm that you've configured the correct host."
	badKey        = "Invalid credentials" + confirmHost
	badPublicKey  = "Invalid public key" + confirmHost
	accessDenied  = "Access denied - insufficient permissions for this endpoint"
	projectsScope = "Invalid API key. Are you using an organization key?"
)

// refusal is why a key does not let its bearer in.
type refusal struct {
	status  int
	message string
}

// authenticate finds the project of a request, or answers.
func (s *Server) authenticate(w *recorder, r *http.Request) (Key, bool) {
	key, refused := s.check(r.Header.Get("Authorization"))
	if refused != nil {
		w.json(refused.status, map[string]any{"message": refused.message})
		return Key{}, false
	}
	return key, true
}

func (s *Server) check(header string) (Key, *refusal) {
	if header == "" {
		return Key{}, &refusal{http.StatusUnauthorized, noHeader}
	}
	if token, ok := strings.CutPrefix(header, "Bearer "); ok {
		return s.checkBearer(token)
	}
	token, ok := strings.CutPrefix(header, "Basic ")
	if !ok {
		return Key{}, &refusal{http.StatusUnauthorized, badHeader}
	}
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return Key{}, &refusal{http.StatusUnauthorized, badHeader + confirmHost}
	}
	// The first two parts: a colon inside a secret cuts it.
	parts := strings.Split(string(raw), ":")
	if len(parts) < 2 || parts[0] == "" || parts[1] == "" {
		return Key{}, &refusal{http.StatusUnauthorized, badHeader + confirmHost}
	}
	return s.checkSecret(parts[0], parts[1])
}

// checkSecret finds a key by its secret. A public key that does not go with it
// is accepted by the real server, and a violation here.
func (s *Server) checkSecret(public, secret string) (Key, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if until, ok := s.unknown[secret]; ok && time.Now().Before(until) {
		return Key{}, &refusal{http.StatusUnauthorized, badKey}
	}
	for _, key := range s.keys {
		if key.Secret != secret || key.Region != s.options.Region {
			continue
		}
		if key.Public != public {
			s.violations = append(s.violations, "the public key is not the one of the secret key")
		}
		if key.Organization {
			return Key{}, &refusal{http.StatusForbidden, accessDenied}
		}
		return key, nil
	}
	if s.options.NegativeCache > 0 {
		s.unknown[secret] = time.Now().Add(s.options.NegativeCache)
	}
	return Key{}, &refusal{http.StatusUnauthorized, badKey}
}

// checkBearer knows public keys, which may write scores only.
func (s *Server) checkBearer(token string) (Key, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range s.keys {
		if key.Public == token {
			return Key{}, &refusal{http.StatusForbidden, accessDenied}
		}
	}
	return Key{}, &refusal{http.StatusUnauthorized, badPublicKey}
}
