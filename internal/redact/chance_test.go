package redact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
)

// TestNoTokenPassesByChance: random characters spell a word of documentation now and then, have few digits, or end with a full stop. What of a
// rule's tokens is not found is the share that its form leaves to chance.
func TestNoTokenPassesByChance(t *testing.T) {
	const seeds = 500
	r := newRedactor(t)
	for _, table := range tokenTables {
		for i := range table {
			rule := &table[i]
			missed := 0
			for seed := range uint64(seeds) {
				token := redacttest.Sample(rule.format(), 1_000_000+seed)
				if out, _ := r.String("", "see "+token+" ok"); strings.Contains(out, token[len(token)-8:]) {
					missed++
					t.Logf("%s: %s", rule.name, token)
				}
			}
			assert.LessOrEqual(t, missed, 1, rule.name)
		}
	}
}

// TestTokensThatOncePassed are of rules by which a few in a thousand or in a million passed.
func TestTokensThatOncePassed(t *testing.T) {
	redactsOnly(t, []string{
		"«sk-ant-YBok8iTiQmlUvNy" + "our34vbcpmtyFTgg2L7OTY5RjA7Zf1Ehhkx6msjRIAgvadXnb3_uRkejlTUAr5j8OCKyFDW3K5fsNzVi»", "«sess-MEzNqnaEXK1Xra1mCz5dBaxFyzFvHyhzyLpX" + "Xxxn»", "«AIzasXyVGet2MYO" + "UR8GoQKyxpu925DC-HtxR04I»", "«ghp_Rp7bIFJuaYO" + "UrPXoajeoo5tpjbvWWzTImi54»",
		"«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»", "«SCWBDGGXMWUX4EIRWOJF»", "«API-NWAEMC4ZCSBTFOHCIXOUYSVLRZ»", "«sk_prod_WWhgztZTzuJPnnKLVTLPEIAW»", "«rzp_live_0IEZGXUPWTECDq»", "«bkct_ngqd20710brsidoonobp14dufcldgfvanqgvxojm»", "«oy2ddfqqkgnfjqjhwayhksjeumh1umj80afgauaelhibox»",
		"«$2a$12$BgkInazorVIdn01u8/6J.iHe0EaUWlF1n84PHIzel9xwpdm.qp8x.»", "a «$2a$12$BgkInazorVIdn01u8/6J.iHe0EaUWlF1n84PHIzel9xwpdm.qp8x.». b", "«sqa_fce396771544230271453278aabeb93729377373»", "«key-cbeed776639961173225fe3974776750»", "«1/6664267020653565:20478305923174547017adf3442bbffd»", "«A3-JYAROB-TIXSGQ-TTMRZ-UZDDK-BFRSH»",
	})
	redactsOnly(t, []string{
		"sk-proj-your-OpenAI-API-Key-2024-Here", "sk-ant-api03-xxxxxxxxxxxxxxxxxxxxxxxxABC123", "ghp_yourPersonalAccessTokenGoesHere12", "sk_test_yourStripeSecretKey", "AIzaSyExampleExampleExampleExample0", "hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "sk-your_placeholder_token_value_1", "SCWXXXXXXXXXXXXXXXXX", "API-XXXXXXXXXXXXXXXXXXXXXXXXXX", "rzp_test_XXXXXXXXXXXXXX",
		"sk_test_createPaymentIntent", "hf_hubDownloadFunctionName", "fw_strengthscheckerfunction", "fc-configuration-of-the-crawler", "sk-learn-pipeline-with-scaler", "pa-internationalization-and-localisation-of-things",
	})
}

// TestWebHooksGoByTheirShape: a team, an app and 24 characters are enough, however few digits are among them.
func TestWebHooksGoByTheirShape(t *testing.T) {
	const path = "TEKKPTT2K/BMVXRNIQE/ZQdT5dsbhcJgUJTdKhFfOTmg"
	redactsOnly(t, []string{
		"Posted to https://hooks.slack.com/services/«" + path + "»", "https://hooks.slack.com/services/«TABCDEFGHIJ/BKLMNOPQRST/LZtMCzxuxqAucVdorhvlsKbm»", `https:\/\/hooks.slack.com\/services\/«TEKKPTT2K\/BMVXRNIQE\/ZQdT5dsbhcJgUJTdKhFfOTmg»`, "https%3A%2F%2Fhooks.slack.com%2Fservices%2F«TEKKPTT2K%2FBMVXRNIQE%2FZQdT5dsbhcJgUJTdKhFfOTmg»",
		`https:\u002f\u002fhooks.slack.com\u002fservices\u002f«TEKKPTT2K\u002fBMVXRNIQE\u002fZQdT5dsbhcJgUJTdKhFfOTmg»`, "see <https://hooks.slack.com/services/«" + path + "»|hook>.", "https://hooks.slack.com/triggers/«T0123ABCDEF/1234567890123/0a1b2c3d4e5f60718293a4b5c6d7e8f9»",
	})
	redactsOnly(t, []string{
		"https://hooks.slack.com/services/YOUR/WEBHOOK/URL", "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX", "https://hooks.slack.com/services/TXXXXXXXX/BXXXXXXXX/your-token-goes-here-now", "https://hooks.slack.com/services/team/channel/documentation-of-hooks", "https://hooks.slack.com/services/T_ID/B_ID/TOKEN_OF_THE_HOOK_HERE", "https://api.slack.com/messaging/webhooks/how-to-create-an-incoming-webhook-page", "hooks/useWebhooksForTheSettingsPage.ts",
	})
}

// TestMadeUpSecretsGoWithEverySeed: what tests plant is found whatever the seed.
func TestMadeUpSecretsGoWithEverySeed(t *testing.T) {
	r := newRedactor(t)
	for _, seed := range []uint64{26, 73, 183, 213, 217, 849904068} {
		hook := testutil.NewSecrets(seed)["slackWebhook"]
		out, _ := r.String("", "Posted to "+hook)
		assert.NotContains(t, out, hook[len(hook)-24:], "seed %d", seed)
	}
	for seed := range uint64(2000) {
		for name, secret := range testutil.NewSecrets(seed) {
			if name == "awsSecret" || name == "password" {
				secret = name + "=" + secret
			}
			out, _ := r.String("", "Posted to "+secret+" by me")
			for needle, text := range (testutil.Secrets{name: strings.TrimPrefix(secret, name+"=")}).Needles() {
				assert.NotContains(t, out, text, "%s, seed %d", needle, seed)
			}
		}
	}
}
