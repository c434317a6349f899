package redact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
)

// TestEveryMadeUpSecretIsFound: a random value of a known shape is found whatever
// letters and digits it happens to have. The sentences are those of tests/chaos.
func TestEveryMadeUpSecretIsFound(t *testing.T) {
	sentences := map[string]string{
		"openaiKey":    "My key is %.",
		"githubToken":  "node app.js --token %",
		"awsKeyId":     `{"name":"deploy","aws":"%"}`,
		"password":     "login failed for somebody with password=%",
		"dbUrl":        "at connect (%) at main",
		"jwt":          "Bearer %",
		"email":        "written by %",
		"phone":        "called %",
		"ssn":          "Check access (SSN %)",
		"card":         "paid with card %",
		"slackWebhook": "Posted to %",
	}
	r := newRedactor(t)
	passed := map[string]int{}
	for seed := range uint64(3000) {
		for name, secret := range testutil.NewSecrets(seed) {
			sentence, ok := sentences[name]
			if !ok {
				continue
			}
			out, _ := r.String("", strings.Replace(sentence, "%", secret, 1))
			if strings.Contains(out, secret) {
				passed[name]++
			}
		}
	}
	assert.Empty(t, passed, "of 3,000 each")
}

// TestAddressesOfWebHooks: the path is a credential, whatever it is made of; what
// stands in its place in documentation is none.
func TestAddressesOfWebHooks(t *testing.T) {
	path := func(parts ...string) string {
		return "https://hooks." + "slack.com/services/" + strings.Join(parts, "/")
	}
	redactsOnly(t, []string{
		"Posted to https://hooks." + "slack.com/services/«TEKKPTTZK/BMVXRNIQE/ZQdTtdsbhcJgUJTdKhFfOTmg»",
		"Posted to https://hooks." + "slack.com/services/«TJNFEYBJG/BHKGTWTRG/oezs7sVORsU3VxVqdaiBklxH»",
		"Posted to https://hooks." + "slack.com/services/«TARVHUZUM/BDDEXRJVQ/wxUvquceFveSyHPwfVVMZmso», and on",
		path("TXXXXXXXX", "BXXXXXXXX", "XXXXXXXXXXXXXXXXXXXXXXXX"),
		path("T00000000", "B00000000", "XXXXXXXXXXXXXXXXXXXXXXXX"),
		path("your-team", "your-channel", "YourWebhookTokenFromSlack"),
		path("team", "channel", "the-path-of-the-web-hook"),
	})
}
