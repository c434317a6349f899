package redact

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
)

// surroundings are places where a token may stand; %s is the token.
var surroundings = []string{
	"%s", "the key %s was leaked", `{"text":"see %s"}`, `"a\n%s\nb"`, `\\n%s\\n`, "(%s)", "`%s`", "<%s>", "key=%s&x=1", "见%s。", "%s, and", "%s.", "'%s'", "x/%s", "\t%s\r\n", "**%s**", "[link](%s)", `\"%s\"`, "=%s;", "--flag %s", "|%s|", "%%20%s",
}

func TestEveryTokenRuleFindsItsTokensInEverySurrounding(t *testing.T) {
	r := newRedactor(t)
	for _, table := range tokenTables {
		for i := range table {
			rule := &table[i]
			t.Run(rule.name, func(t *testing.T) {
				missed := 0
				for seed := range uint64(20) {
					token := redacttest.Sample(rule.format(), seed)
					body := token[len(token)-rule.size:]
					if rule.check != nil && !rule.check(body) {
						continue // a rare sample that looks like a name
					}
					for _, place := range surroundings {
						in := fmt.Sprintf(place, token)
						out, found := r.String("", in)
						if !assert.NotContains(t, out, body[2:], in) {
							missed++
							if missed > 3 {
								return
							}
						}
						ids := make([]string, len(found))
						for i := range found {
							ids[i] = found[i].Rule
						}
						assert.Contains(t, ids, "secret."+rule.name, in)
						again, _ := r.String("", out)
						assert.Equal(t, out, again, in)
					}
				}
			})
		}
	}
}

func TestATokenRuleIgnoresNearMisses(t *testing.T) {
	r := newRedactor(t)
	for _, table := range tokenTables {
		for i := range table {
			rule := &table[i]
			t.Run(rule.name, func(t *testing.T) {
				prefix := strings.NewReplacer("n", "0", "c", "0", "u", "0", "t", "0").Replace(rule.lead) + rule.prefixes[0]
				for name, in := range map[string]string{
					"a body of crosses":    prefix + strings.Repeat("x", rule.size),
					"a body that is short": prefix + "7a 7b",
					"the prefix alone":     "starts with " + prefix + " and a body",
					"a name":               prefix + "your_token_here",
				} {
					out, found := r.String("", in)
					assert.Equal(t, in, out, "%s %v", name, found)
				}
			})
		}
	}
}

func TestContextRulesFindTheirExample(t *testing.T) {
	r := newRedactor(t)
	for _, rule := range contextRules {
		if rule.format == "" {
			continue
		}
		t.Run(rule.id, func(t *testing.T) {
			for seed := range uint64(20) {
				secret := redacttest.Sample(rule.format, seed)
				context := rule.context
				if context == "" {
					context = "a %s b"
				}
				in := fmt.Sprintf(context, secret)
				if rule.id == "secret.aws-secret-key" {
					in = redacttest.Sample("AKIA[A-Z2-7]{16}", seed) + " " + secret
				}
				out, found := r.String("", in)
				assert.NotContains(t, out, secret, in)
				ids := make([]string, len(found))
				for i := range found {
					ids[i] = found[i].Rule
				}
				assert.Contains(t, ids, rule.id, in)
			}
		})
	}
}

func TestCardsGoByIssuerLengthAndCheckDigit(t *testing.T) {
	r := newRedactor(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		prefix string
		n      int
	}{{"4", 16}, {"51", 16}, {"2221", 16}, {"34", 15}, {"37", 15}, {"6011", 16}, {"65", 16}, {"3530", 16}, {"36", 14}, {"300", 14}, {"6221265", 16}} {
		for range 20 {
			number := redacttest.Card(c.prefix, c.n, rnd)
			for _, place := range append(surroundings, `{"n":%s}`, `{"n": [%s]}`, `{\"n\":%s,\"b\":1}`, `[1,%s,2]`) {
				if strings.HasPrefix(place, "x/") {
					continue
				}
				in := fmt.Sprintf(place, number)
				out, _ := r.String("", in)
				assert.NotContains(t, out, number, in)
			}
			if c.n == 16 {
				for _, sep := range []string{" ", "-"} {
					grouped := number[:4] + sep + number[4:8] + sep + number[8:12] + sep + number[12:]
					out, _ := r.String("", "card "+grouped+" ok")
					assert.Equal(t, "card [REDACTED:pii.card] ok", out)
				}
			}
			wrong := number[:c.n-1] + string('0'+(number[c.n-1]-'0'+1)%10)
			out, found := r.String("", "n "+wrong+" x")
			assert.Equal(t, "n "+wrong+" x", out, "%v", found)
		}
	}
}

func TestAccountNumbersGoByCountryLengthAndCheckDigits(t *testing.T) {
	r := newRedactor(t)
	rnd := rand.New(rand.NewPCG(3, 4))
	for country, format := range ibanFormats {
		number := redacttest.IBAN(country, format, rnd)
		var grouped []string
		for i := 0; i < len(number); i += 4 {
			grouped = append(grouped, number[i:min(i+4, len(number))])
		}
		for _, in := range []string{number, "IBAN: " + number + ".", `{"iban":"` + number + `"}`, strings.Join(grouped, " "), "to " + strings.Join(grouped, " ") + " please", strings.ToLower(number), `\n` + number} {
			out, _ := r.String("", in)
			assert.NotContains(t, out, number[4:], in)
			assert.NotContains(t, out, strings.Join(grouped[1:], " "), in)
		}
		wrong := number[:3] + string('0'+(number[3]-'0'+1)%10) + number[4:]
		out, _ := r.String("", wrong)
		assert.Equal(t, wrong, out)
	}
}

func TestPhoneNumbers(t *testing.T) {
	r := newRedactor(t)
	for _, number := range []string{
		"+14155550132", "+1 415 555 0132", "+1-415-555-0132", "+1 (415) 555-0132", "(415) 555-0132", "415-555-0132", "415.555.0132", "1-415-555-0132", "+44 20 7946 0958", "+442079460958", "020 7946 0958", "07700 900123", "+49 30 901820", "+49 (0)30 901820",
		"030/901820", "0171 2345678", "06 12 34 56 78", "+33 6 12 34 56 78", "+81-3-1234-5678", "03-1234-5678", "+86 138 0013 8000", "+91 98765 43210", "+55 11 91234-5678", "0049 30 901820", "+61 412 345 678", "0412 345 678", "+353 1 234 5678", "+971501234567",
	} {
		for _, place := range []string{"%s", "call %s now", `{"phone":"%s"}`, "at %s.", "(%s)", "tel:%s", `\n%s\n`, "请致电%s。"} {
			in := fmt.Sprintf(place, number)
			out, _ := r.String("", in)
			assert.NotContains(t, out, number, in)
			tail := number[max(0, len(number)-6):]
			assert.NotContains(t, out, tail, in)
		}
	}
	for _, in := range []string{"call 4155550132", "phone: 5550132", `"phone":4155550132`, "my mobile is 0171 2345678"} {
		out, _ := r.String("", in)
		assert.NotEqual(t, in, out)
	}
	for _, in := range []string{"2024-11-22", "2024-11-22 10:11:12", "10.0.0.1", "192.168.100.200", "1.2.3.4567", "0.4155550132", "4155550132", "v1.415.555", "978-3-16-148410-0", "ISBN 0-306-40615-2", "order 415-55-0132x", "12,345,678", "#4155550132", "1795345571430", "0x4155550132", "+3.14159265358", "5 + 12345678", "id: 415 555 0132 99"} {
		out, found := r.String("", in)
		assert.Equal(t, in, out, "%v", found)
	}
}

func TestSocialSecurityNumbers(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{"219-09-9999", "SSN 219-09-9999.", `{"ssn":"219-09-9999"}`, "ssn: 219099999", "SSN is 219 09 9999", `{"ssn":219099999}`, "my SSN 219099999", "912-70-1234"} {
		out, _ := r.String("", in)
		assert.NotContains(t, out, "9999", in)
		assert.NotContains(t, out, "1234", in)
	}
	for _, in := range []string{"000-12-3456", "666-12-3456", "123-00-4567", "123-45-0000", "219-09-99999", "1219-09-9999", "219099999", "219-09-9999-1", "a219-09-9999"} {
		out, found := r.String("", in)
		assert.Equal(t, in, out, "%v", found)
	}
}
