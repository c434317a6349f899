package redact

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
)

func with(t *testing.T, o Options) *Redactor {
	t.Helper()
	r, err := New(o)
	require.NoError(t, err)
	return r
}

func redacted(r *Redactor, text string) string {
	out, _ := r.String("", text)
	return out
}

// hashKey is the key of the hash in tests: as long as it must be, and nobody's.
var hashKey = strings.Repeat("k", MinHashKey)

func TestPresetsSwitchRulesOn(t *testing.T) {
	text := "jane@example.com password=hunter2x 203.0.113.9"
	assert.Equal(t, "[REDACTED:pii.email] password=[REDACTED:secret.password] 203.0.113.9", redacted(with(t, Options{}), text))
	assert.Equal(t, "jane@example.com password=[REDACTED:secret.password] 203.0.113.9", redacted(with(t, Options{Presets: []string{PresetSecrets}}), text))
	assert.Equal(t, "[REDACTED:pii.email] password=hunter2x [REDACTED:pii.ip]", redacted(with(t, Options{Presets: []string{PresetPII, PresetPIINetwork}}), text))
}

func TestDisabledRulesDoNotApply(t *testing.T) {
	r := with(t, Options{DisableRules: []string{"pii.email", "secret.pass*"}})
	assert.Equal(t, "jane@example.com password=hunter2x", redacted(r, "jane@example.com password=hunter2x"))
}

func TestNetworkPreset(t *testing.T) {
	r := with(t, Options{Presets: []string{PresetPIINetwork}})
	for _, text := range []string{"8.8.8.8", "from 203.0.113.77:443", "ip=2001:4860:4860::8888", "[2606:4700::1111]", "00:1A:2B:3C:4D:5E", "mac 00-1a-2b-3c-4d-5e.", `"client":"198.51.100.7"`, "\\n8.8.4.4\\n"} {
		assert.Contains(t, redacted(r, text), "[REDACTED:pii.", text)
	}
	for _, text := range []string{"10.0.0.1", "192.168.1.1", "127.0.0.1:4317", "172.16.3.4", "169.254.1.1", "100.64.1.1", "0.0.0.0", "255.255.255.255", "fe80::1", "::1", "12:30:45", "1.2.3", "1.2.3.4.5", "v1.2.3.4x", "a:b:c", "std::vector", "2026-11-22T11:06:16", "3f2a9c1d", "00:00:00:00:00:00", "999.1.1.1"} {
		assert.Equal(t, text, redacted(r, text))
	}
}

func TestNationalPreset(t *testing.T) {
	r := with(t, Options{Presets: []string{PresetPIINational}})
	for rule, numbers := range map[string][]string{
		"pii.national-br-cpf":            {"529.982.247-25", "111.444.777-35"},
		"pii.national-br-cnpj":           {"11.222.333/0001-81"},
		"pii.national-in-aadhaar":        {"2341 2341 2346", "4991 1866 5246"},
		"pii.national-es-dni":            {"12345678Z", "X1234567L", "12345678-Z"},
		"pii.national-it-codice-fiscale": {"RSSMRA85T10A562S"},
		"pii.national-fr-nir":            {"2 69 05 49 588 157 80", "255081416802538"},
		"pii.national-gb-nino":           {"AB123456C", "AB 12 34 56 C"},
		"pii.national-gb-nhs":            {"943 476 5919"},
		"pii.national-ca-sin":            {"193 456 787", "130-692-544"},
		"pii.national-kr-rrn":            {"880101-1234568"},
		"pii.national-cn-id":             {"11010519491231002X"},
		"pii.national-se-personnummer":   {"811228-9874", "19811228-9874"},
		"pii.national-fi-hetu":           {"131052-308T"},
		"pii.national-be-rrn":            {"85.07.30-033.28"},
		"pii.national-ch-ahv":            {"756.9217.0769.85"},
	} {
		for _, n := range numbers {
			for _, place := range []string{"%s", "id %s.", `{"id":"%s"}`, `\n%s`} {
				_, found := r.String("", fmt.Sprintf(place, n))
				if assert.Len(t, found, 1, "%s %s", rule, n) {
					assert.Equal(t, rule, found[0].Rule, n)
				}
			}
			// Another last character is no valid number.
			last := n[len(n)-1]
			other := '0' + (last-'0'+1)%10
			if !isDigit(last) {
				other = 'A' + (last-'A'+1)%26
			}
			if rule == "pii.national-gb-nino" {
				other = 'E'
			}
			wrong := n[:len(n)-1] + string(other)
			assert.Equal(t, wrong, redacted(r, wrong), rule)
		}
	}
	assert.Equal(t, "529.982.247-25", redacted(newRedactor(t), "529.982.247-25"))
}

func TestHighEntropyPreset(t *testing.T) {
	r := with(t, Options{Presets: []string{PresetHighEntropy}})
	for seed := range uint64(20) {
		secret := redacttest.Sample("[0-9A-Za-z]{32}", seed)
		assert.Equal(t, "a [REDACTED:secret.high-entropy] b", redacted(r, "a "+secret+" b"))
	}
	for _, text := range []string{"550e8400-e29b-41d4-a716-446655440000", redacttest.Sample("[0-9a-f]{40}", 1), "getUserAuthenticationTokenProviderFactory", "some_long_function_name_of_ours_2", "https://docs.example.com/guides/getting-started"} {
		assert.Equal(t, text, redacted(r, text))
	}
}

func TestCustomRules(t *testing.T) {
	r := with(t, Options{CustomRules: []CustomRule{
		{ID: "acme-token", Regex: `acme_([a-z0-9]{32})`, Group: 1},
		{ID: "badge", Regex: `\bB-\d{6}\b`, Keywords: []string{"badge"}},
		{ID: "loyalty", Regex: `\b9\d{15}\b`, Keywords: []string{"loyalty"}, Validator: ValidatorLuhn},
		{ID: "blob", Regex: `blob:\S+`, MinEntropy: 3},
		{ID: "ticket", Regex: `\b[A-Z]{2}#\d{4}\b`},
		{ID: "slow", Regex: `\bzz\d\b`, AllowSlow: true, Style: &StyleOptions{Type: StyleFixed, Text: "<zz>"}},
	}})
	token := strings.Repeat("a1b2c3d4", 4)
	luhnOK := redacttest.Card("9", 16, rand.New(rand.NewPCG(1, 1)))
	for in, want := range map[string]string{
		"x acme_" + token + " y acme_" + token + ".": "x acme_[REDACTED:acme-token] y acme_[REDACTED:acme-token].",
		"ACME_" + token:                      "ACME_" + token, // the literal is found in any case, the expression decides
		"Badge number B-123456":              "Badge number [REDACTED:badge]",
		"B-123456":                           "B-123456",
		"loyalty " + luhnOK:                  "loyalty [REDACTED:loyalty]",
		"loyalty 9000000000000002":           "loyalty 9000000000000002",
		"blob:aaaaaaaaaaaaaaaaaaaa":          "blob:aaaaaaaaaaaaaaaaaaaa",
		"blob:a1b2c3d4e5f6g7h8":              "[REDACTED:blob]",
		"x AB#1234, CD#5678 y #1":            "x [REDACTED:ticket], [REDACTED:ticket] y #1",
		"a zz1 b":                            "a <zz> b",
		strings.Repeat("acme_ ", 2000) + "x": strings.Repeat("acme_ ", 2000) + "x",
	} {
		assert.Equal(t, want, redacted(r, in))
	}
}

func TestLiteralsAreTakenFromExpressions(t *testing.T) {
	for expr, want := range map[string][]piece{
		`acme_([a-z0-9]{32})`:         {{"acme_", 0}},
		`\bacme_x`:                    {{"acme_x", 0}},
		`(foo|barr)\d+`:               {{"foo", 0}, {"barr", 0}},
		`\d{3}-abc-\d+-defg`:          {{"-abc-", 3}},
		`\d+-abc-\d+-defg`:            {{"-abc-", -1}},
		`[a-z]+@[a-z]+`:               nil,
		`x?`:                          nil,
		`(ab|cde)+`:                   nil,
		`(?:prefix){2}`:               {{"prefix", 0}},
		`AKIA[0-9A-Z]{16}|BSIA\w{16}`: {{"AKIA", 0}, {"BSIA", 0}},
		`[rs]k_live_\w+`:              {{"k_live_", 1}},
	} {
		assert.Equal(t, want, literals(expr), expr)
	}
	assert.Equal(t, piece{"@", -1}, mark(`[a-z]+@[a-z]+`))
	assert.Equal(t, piece{"-", 3}, mark(`\b\d{3}-\d{2}-\d{4}\b`))
	set, word := firstBytes(`\b(?:4\d{3}|5[1-5]\d{2})\d{12}\b`)
	require.NotNil(t, set)
	assert.True(t, word)
	assert.True(t, set.has('4') && set.has('5') && !set.has('6'))
}

// TestCustomRulesFindWhatTheirExpressionsFind compares the windowed search with the plain one.
func TestCustomRulesFindWhatTheirExpressionsFind(t *testing.T) {
	text := redacttest.Corpus(20000, 9) + " acme_1 ab-acme_2 4111222233334444 x5111222233334444 a@b.co x-12-ab 123-45-6789 foo77 barr8, sk_live_abc rk_live_ü AKIA0 (acme_3) é4111222233334444 ü123-45-6789 " + redacttest.Corpus(5000, 8)
	for _, expr := range []string{`\bacme_\d`, `acme_\d`, `\b[45]1\d{14}\b`, `[\w.]+@[\w.]+`, `\d{3}-\d{2}-\d{4}`, `\b\d{3}-\d{2}-\d{4}\b`, `(?:foo|barr)\d+`, `[rs]k_live_\S+`, `(?i)akia\d`, `model\s+(\w+)`, `"id":"([0-9a-f-]{36})"`, `[a-z]+_latency`, `trace_id=([0-9a-f]{32})`} {
		r := with(t, Options{Presets: []string{}, CustomRules: []CustomRule{{ID: "x", Regex: expr, AllowSlow: true}}, Style: StyleOptions{Type: StyleFixed, Text: "<x>"}})
		assert.Equal(t, regexp.MustCompile(expr).ReplaceAllString(text, "<x>"), redacted(r, text), expr)
	}
}

func TestKeysOfTheUser(t *testing.T) {
	r := with(t, Options{Keys: KeyOptions{Sensitive: []string{"badge_number", "nickname"}, Safe: []string{"session token", "password"}, SensitivePatterns: []string{`^internal\.`}}})
	assert.JSONEq(t, `{"badgeNumber":"[REDACTED:secret.custom-key]","x":1}`, redacted(r, `{"badgeNumber":"B77","x":1}`))
	assert.Equal(t, "nickname=[REDACTED:secret.custom-key]", redacted(r, "nickname=bobby"))
	assert.Equal(t, "password=hunter2x", redacted(r, "password=hunter2x"))
	assert.Equal(t, "db_password=hunter2x", redacted(r, "db_password=hunter2x"))
	assert.NotContains(t, redacted(r, "client_secret=abcdef123456"), "abcdef123456")
	s := r.Session()
	defer s.Close()
	out, _ := s.String(s.Path("internal.note", "", "note"), "anything")
	assert.Equal(t, "[REDACTED:secret.custom-key]", out)

	only := with(t, Options{Keys: KeyOptions{Sensitive: []string{"nickname"}, OnlyListed: true}})
	assert.JSONEq(t, `{"password":"swordfish","nickname":"[REDACTED:secret.custom-key]"}`, redacted(only, `{"password":"swordfish","nickname":"bobby"}`))
}

func TestAllowedFindingsStayAndNothingElse(t *testing.T) {
	r := with(t, Options{Allow: AllowOptions{Exact: []string{"support@acme.example"}, Regex: []string{`.+@test\.example`}}})
	assert.Equal(t, "write to support@acme.example or a@test.example, not [REDACTED:pii.email]", redacted(r, "write to support@acme.example or a@test.example, not bob@acme.example"))
	// The expression is anchored: it does not release a longer finding.
	assert.NotContains(t, redacted(r, "a@test.example.evil.example"), "evil")
}

func TestStyles(t *testing.T) {
	text := "mail jane@example.com card 4111 1111 1111 1111"
	for name, c := range map[string]struct {
		style StyleOptions
		want  string
	}{
		"label":              {StyleOptions{}, "mail [REDACTED:pii.email] card [REDACTED:pii.card]"},
		"label of one's own": {StyleOptions{Text: "<{rule}>"}, "mail <pii.email> card <pii.card>"},
		"fixed":              {StyleOptions{Type: StyleFixed}, "mail [REDACTED] card [REDACTED]"},
		"fixed text":         {StyleOptions{Type: StyleFixed, Text: "***"}, "mail *** card ***"},
		"partial":            {StyleOptions{Type: StylePartial}, "mail ****.com card ****1111"},
		"partial, both ends": {StyleOptions{Type: StylePartial, KeepFirst: 2, KeepLast: 2}, "mail ja****om card 41****11"},
		"remove":             {StyleOptions{Type: StyleRemove}, "mail  card "},
		"by rule":            {StyleOptions{ByRule: map[string]StyleOptions{"pii.card": {Type: StylePartial}, "pii.e*": {Type: StyleFixed, Text: "@"}}}, "mail @ card ****1111"},
	} {
		t.Run(name, func(t *testing.T) {
			want := c.want
			if name == "partial" {
				want = "mail ****com card ****1111" // the dot ends what is kept
			}
			assert.Equal(t, want, redacted(with(t, Options{Style: c.style}), text))
		})
	}
}

func TestPartialKeepsNothingOfShortValuesAndAQuarterAtMost(t *testing.T) {
	r := with(t, Options{Style: StyleOptions{Type: StylePartial, KeepFirst: 8, KeepLast: 8}})
	assert.Equal(t, "password=****", redacted(r, "password=hunter2x"))
	assert.Equal(t, "password=****345", redacted(r, "password=abcde6789x345"))
}

func TestHashesJoinEqualValuesOnly(t *testing.T) {
	r := with(t, Options{Style: StyleOptions{Type: StyleHash, Hash: HashOptions{Key: hashKey}}})
	a, b := redacted(r, "jane@example.com"), redacted(r, "JANE@EXAMPLE.COM")
	assert.Regexp(t, `^\[email:[0-9a-f]{16}\]$`, a)
	assert.Equal(t, a, b)
	assert.NotEqual(t, a, redacted(r, "bob@example.com"))
	assert.Equal(t, redacted(r, "4111 1111 1111 1111"), redacted(r, "4111-1111-1111-1111"))
	other := with(t, Options{Style: StyleOptions{Type: StyleHash, Hash: HashOptions{Key: strings.Repeat("x", 40), Length: 32}}})
	assert.NotContains(t, redacted(other, "jane@example.com"), a[7:23])
	assert.Len(t, redacted(other, "jane@example.com"), len("[email:]")+32)
	// The same secret has the same hash under different rules, so that it joins.
	secret := "ghp_" + strings.Repeat("9aZ1bY2cX3dW", 3)
	h1, h2 := redacted(r, secret), redacted(r, "password="+secret)
	assert.Equal(t, h1[strings.LastIndexByte(h1, ':'):], h2[strings.LastIndexByte(h2, ':'):])
}

func TestIndexedStyleNumbersTheValuesOfATrace(t *testing.T) {
	r := with(t, Options{Style: StyleOptions{Type: StyleIndexed}})
	s := r.Session()
	defer s.Close()
	s.In(r.Scope([16]byte{1}))
	k := s.Key("", "")
	out, _ := s.String(k, "a@example.com b@example.com a@example.com password=hunter2x")
	assert.Equal(t, "[EMAIL_1] [EMAIL_2] [EMAIL_1] password=[PASSWORD_1]", out)
	out, _ = s.String(k, "b@example.com")
	assert.Equal(t, "[EMAIL_2]", out)
	s.In(r.Scope([16]byte{2}))
	out, _ = s.String(k, "b@example.com")
	assert.Equal(t, "[EMAIL_1]", out)
	for i := range maxScopes + 10 {
		r.Scope([16]byte{9, byte(i), byte(i >> 8)})
	}
	assert.LessOrEqual(t, len(r.indexer.scopes), maxScopes)
}

func TestEveryStyleIsStable(t *testing.T) {
	texts := []string{"mail jane@example.com", `{"password":"x y z 1","pin":1234,"api_key":"0123456789abcdef0123456789abcdef"}`, "postgres://app:s3cretpw99@db/x", "Authorization: Bearer abcdefgh12345678", "Cookie: sid=abcdef123456; theme=dark", "password=hunter2x&x=1", "card 4111 1111 1111 1111", "my password is hunter2x."}
	for _, style := range []StyleOptions{{}, {Type: StyleFixed}, {Type: StyleFixed, Text: "***"}, {Type: StylePartial}, {Type: StyleHash, Hash: HashOptions{Key: hashKey}}, {Type: StyleIndexed}, {Type: StyleRemove}} {
		r := with(t, Options{Style: style})
		for _, text := range texts {
			once := redacted(r, text)
			assert.NotEqual(t, text, once)
			assert.Equal(t, once, redacted(r, once), "%s %s", style.Type, text)
			if json.Valid([]byte(text)) {
				assert.True(t, json.Valid([]byte(once)), once)
			}
		}
	}
}

func TestMedia(t *testing.T) {
	payload := strings.Repeat("iVBORw0KGgoAAAANSUhEUgAA", 40)
	secret := "ghp_" + strings.Repeat("9aZ1bY2cX3dW", 3)
	for _, text := range []string{"data:image/png;base64," + payload + `" ` + secret, `{"data":"` + payload + `","k":"` + secret + `"}`} {
		out := redacted(newRedactor(t), text)
		assert.Contains(t, out, payload)
		assert.NotContains(t, out, secret)
		out = redacted(with(t, Options{Media: MediaDrop}), text)
		assert.NotContains(t, out, payload[100:200])
		assert.NotContains(t, out, secret)
		assert.Contains(t, out, "[REDACTED:redact.media]")
	}
	assert.Contains(t, redacted(with(t, Options{Media: MediaScan}), "data:image/png;base64,"+payload), payload)
}

func TestBase64IsLookedIntoWhenAsked(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString([]byte(`{"password":"swordfish"}`))
	assert.Equal(t, "x "+encoded, redacted(newRedactor(t), "x "+encoded))
	assert.Equal(t, "x [REDACTED:secret.password] y", redacted(with(t, Options{DecodeBase64: 1}), "x "+encoded+" y"))
	twice := base64.StdEncoding.EncodeToString([]byte("x " + encoded))
	assert.Equal(t, twice, redacted(with(t, Options{DecodeBase64: 1}), twice))
	assert.Equal(t, "[REDACTED:secret.password]", redacted(with(t, Options{DecodeBase64: 2}), twice))
	plain := base64.StdEncoding.EncodeToString([]byte("just a harmless text"))
	assert.Equal(t, plain, redacted(with(t, Options{DecodeBase64: 1}), plain))
}

func TestPercentEncodingIsReadUnlessAskedNotTo(t *testing.T) {
	assert.NotContains(t, redacted(newRedactor(t), "to=jane%40example.com"), "jane")
	assert.Contains(t, redacted(with(t, Options{KeepPercent: true}), "to=jane%40example.com"), "jane")
}

func TestLimits(t *testing.T) {
	long := strings.Repeat("some words ", 200) + "password=hunter2x " + strings.Repeat("more words ", 200)
	r := with(t, Options{Limits: Limits{MaxValueBytes: 1024}})
	out := redacted(r, long)
	assert.LessOrEqual(t, len(out), 1024+40)
	assert.Regexp(t, `\[TRUNCATED \d+ bytes\]$`, out)
	// A token that the limit would cut in two is left out whole.
	secret := "ghp_" + strings.Repeat("9aZ1bY2cX3dW", 3)
	cut := strings.Repeat("x ", 505) + secret + " " + strings.Repeat("y ", 100)
	assert.NotContains(t, redacted(r, cut), "ghp_")
	assert.Equal(t, "[REDACTED:redact.oversize]", redacted(with(t, Options{Limits: Limits{MaxValueBytes: 1024, OnOversize: OversizeDrop}}), long))

	many := strings.Repeat("a@example.com ", 50)
	assert.Equal(t, "[REDACTED:redact.error]", redacted(with(t, Options{Limits: Limits{MaxFindings: 49}}), many))
	assert.NotContains(t, redacted(with(t, Options{Limits: Limits{MaxFindings: 50}}), many), "redact.error")
}

func TestPayloadsDoNotCountAgainstTheLimit(t *testing.T) {
	photo := strings.Repeat("iVBORw0KGgoAAAANSUhEUgAA", 100)
	for name, payload := range map[string]string{"data URI": "data:image/png;base64," + photo, "bare": photo, "escaped": "data:image/png;base64," + strings.ReplaceAll(photo, "Rw0K", `\/w0K`)} {
		text := `[{"image":"` + payload + `"},{"text":"I am jane@example.com"},{"image":"` + payload + `"}]`
		out := redacted(with(t, Options{Limits: Limits{MaxValueBytes: 1024}}), text)
		assert.Equal(t, strings.Replace(text, "jane@example.com", "[REDACTED:pii.email]", 1), out, name)
		dropped := redacted(with(t, Options{Media: MediaDrop, Limits: Limits{MaxValueBytes: 1024}}), text)
		assert.Contains(t, dropped, "I am [REDACTED:pii.email]", name)
		assert.NotContains(t, dropped, "AANSUhEUgAA", name)
		// What is searched counts.
		assert.Contains(t, redacted(with(t, Options{Media: MediaScan, Limits: Limits{MaxValueBytes: 1024}}), text), "[TRUNCATED ", name)
		// So does the text around.
		words := strings.Repeat("some words ", 100)
		assert.Regexp(t, `\[TRUNCATED \d+ bytes\]$`, redacted(with(t, Options{Limits: Limits{MaxValueBytes: 1024}}), text+words), name)
	}
}

func TestAuditFindsAndReplacesNothing(t *testing.T) {
	r := newRedactor(t)
	s := r.Session()
	defer s.Close()
	counts := make([]int, r.NumRules())
	s.CountInto(counts)
	s.Audit()
	out, found := s.String(s.Key("", ""), "jane@example.com")
	assert.Equal(t, "jane@example.com", out)
	assert.True(t, found)
	assert.Equal(t, 1, counts[ruleEmail])
}

func TestAllProblemsAreReportedAtOnceWithPathAndRemedy(t *testing.T) {
	_, err := New(Options{
		Presets:      []string{"secret"},
		DisableRules: []string{"pii.telephone"},
		CustomRules:  []CustomRule{{ID: "Bad Id", Regex: "("}, {ID: "no-literal", Regex: `\d+`}, {ID: "secret.mine", Regex: "abcd", Group: 3, Validator: "crc"}, {ID: "empty", Regex: "(abcd)?"}},
		Keys:         KeyOptions{Sensitive: []string{"--"}, SensitivePatterns: []string{"["}},
		Allow:        AllowOptions{Regex: []string{"("}},
		Style:        StyleOptions{Type: "hash", Hash: HashOptions{Key: "short"}, ByRule: map[string]StyleOptions{"pii.nothing": {Type: "mask"}, "pii.email": {Text: `a"b`}}},
		Media:        "keep",
		Limits:       Limits{MaxValueBytes: 10, OnOversize: "pass", MaxFindings: -1},
	})
	require.Error(t, err)
	for _, want := range []string{
		`presets: unknown preset "secret"`, `disable_rules[0]: no rule matches "pii.telephone"`, `custom_rules[0].id: "Bad Id" must consist of`, "custom_rules[0].regex: error parsing", "custom_rules[1]: every match must hold a literal",
		`custom_rules[2].id: "secret.mine" is taken`, "custom_rules[2].group: the expression has 0 groups", `custom_rules[2].validator: unknown value "crc"`, "custom_rules[3].regex: matches the empty text", `keys.sensitive[0]: "--" is not the name`, "keys.sensitive_patterns[0]: error parsing", "allow.regex[0]: error parsing",
		"style.hash.key: must have 32 bytes or more", `style.by_rule.pii.nothing: no rule matches`, `style.by_rule.pii.nothing.type: unknown value "mask"`, "style.by_rule.pii.email.text: must be a text", `media: unknown value "keep"`, "limits.max_value_bytes: must be at least 1024", `limits.on_oversize: unknown value "pass"`, "limits.max_findings: must be positive",
	} {
		assert.ErrorContains(t, err, want)
	}
	assert.NotContains(t, err.Error(), "short")
}
