package redact

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
)

func TestOnlyALabelOfAKnownRuleIsALabel(t *testing.T) {
	pat := "gh" + "p_Ab3dE5fGh7Jk9Lm2Np4Qr6St8Uv1Wx3Yz5Bc"
	checkNotations(t, newRedactor(t), []notation{
		{"password=[REDACTED:TulipEngineRiver9]", "password=§"},
		{"password=[REDACTED:tulipengineriver]", "password=§"},
		{"password=[REDACTED:secret.password]TulipEngineRiver9", "password=§"},
		{"password=[REDACTED]TulipEngineRiver9", "password=§"},
		{"password=[FILTERED]TulipEngineRiver9", "password=§"},
		{"password: [REDACTED:secret.password]Tulip9, next", "password: §, next"},
		{`{"password":"[REDACTED:secret.password]Tulip9"}`, `{"password":"§"}`},
		{`{"password":"[REDACTED:Tulip9river]","x":1}`, `{"password":"§","x":1}`},
		{`{"credentials":{"user":"[REDACTED:secret.credentials]Tulip9"}}`, `{"credentials":{"user":"§"}}`},
		{"Authorization: Bearer [REDACTED]+TAIL/q7Zt2LxPw9sV", "Authorization: Bearer §"},
		{"Authorization: Bearer [REDACTED:secret.bearer]+TAIL/q7Zt2LxPw9sV", "Authorization: Bearer §"},
		{"sent Bearer [REDACTED]+TAIL/q7Zt2LxPw9sV to it", "sent Bearer § to it"},
		{"sent Bearer [REDACTED:secret.bearer]q7Zt2LxPw9sV to it", "sent Bearer § to it"},
		{"[REDACTED:" + pat + "]", "[REDACTED:§]"},
		{"[REDACTED by " + pat + "]", "[REDACTED by §]"},
		{"[REDACTED: rosa@example.net]", "[REDACTED: §]"},
		{"[REDACTED:password=Tr0ub4dor]", "[REDACTED:password=§]"},
		{"[TRUNCATED password=Tr0ub4dor]", "[TRUNCATED password=§]"},
		{"Cookie: a=[REDACTED:secret.cookie]; sid=q7Zt2LxPw9sV", "Cookie: a=§; sid=§"},
		{"Cookie: a=[REDACTED:secret.cookie]q7Zt2LxPw9sV", "Cookie: a=§"},
		{"postgres://u:REDACTED:secret.url-passwordTulip9@db.example/x", "postgres://u:REDACTED:secret.url-password@db.example/x"},
		{"--password [REDACTED:secret.password]Tulip9 -h db", "--password § -h db"},
		{"my password is [REDACTED:secret.password]Tulip9.", "my password is §."},
		{"| user | password |\n| --- | --- |\n| bob | [REDACTED:secret.password]Tulip9 |", "| user | password |\n| --- | --- |\n| bob | § |"},
		// Labels, ours and those of other tools, where nothing follows.
		{"password=[REDACTED:secret.password]", "password=§"},
		{"password=[REDACTED:secret.password].", "password=§."},
		{"a=b&password=[REDACTED:secret.password]&c=d", "a=b&password=§&c=d"},
		{`{"password":"[REDACTED:secret.password]","a":"x [REDACTED:pii.email] y"}`, `{"password":"§","a":"x § y"}`},
		{"password=[REDACTED]", ""},
		{`{"password":"[REDACTED]"}`, ""},
		{"password=[REDACTED_PASSWORD], user=x", ""},
		{"password=[REDACTED:password]", ""},
		{"token: [FILTERED]", ""},
		{"Authorization: Bearer [REDACTED]", ""},
		{"Authorization: Bearer [REDACTED:secret.bearer], x", "Authorization: Bearer §, x"},
		{"the password [REDACTED:secret.password] was [REDACTED:secret.password]", "the password § was §"},
	})
}

// TestASecondPassChangesNothing runs all generated texts in every style, with a rule of one's own, and runs what came out again.
func TestASecondPassChangesNothing(t *testing.T) {
	rule := CustomRule{ID: "badge", Regex: `BADGE-[0-9]{6}`}
	for name, style := range map[string]StyleOptions{
		"label": {}, "other label": {Text: "<<{rule}>>"}, "fixed": {Type: StyleFixed}, "other text": {Type: StyleFixed, Text: "REMOVED"},
		"hash": {Type: StyleHash, Hash: HashOptions{Key: "0123456789abcdef0123456789abcdef"}}, "indexed": {Type: StyleIndexed},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := New(Options{Style: style, CustomRules: []CustomRule{rule}})
			require.NoError(t, err)
			cases, changed := allCases(), 0
			for _, c := range cases {
				out, _ := r.String("", c)
				again, found := r.String("", out)
				if out != again {
					if changed++; changed < 20 {
						t.Logf("%q\n%q\n%q %v", c, out, again, found)
					}
				}
			}
			t.Logf("%d of %d", changed, len(cases))
			assert.Zero(t, changed)
		})
	}
}

// allCases returns all generated texts, and some with a match of the custom rule.
func allCases() []string {
	out := []string{"password=BADGE-123456", "Cookie: a=BADGE-123456; b=c", `{"token":"BADGE-123456"}`, "Authorization: Bearer BADGE-123456", "postgres://u:BADGE-123456@h/x"}
	for _, list := range [][]redacttest.Case{
		redacttest.PasswordCases(), redacttest.KeyedCases(), redacttest.LayoutCases(), redacttest.DocumentCases(), redacttest.CredentialCases(), redacttest.TokenCases(), redacttest.PersonalCases(), redacttest.HarmlessCases(),
	} {
		for i, c := range list {
			if len(list) < 20_000 || i%7 == 0 {
				out = append(out, c.Text)
			}
		}
	}
	return out
}
