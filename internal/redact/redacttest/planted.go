package redacttest

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
)

// Planted returns made-up values for the names in the captured runs, a different form of each for every variant.
func Planted(variant int) map[string]string {
	seed := uint64(variant) + 100
	rnd := rand.New(rand.NewPCG(seed, 7))
	pick := func(formats ...string) string { return Sample(formats[variant%len(formats)], seed) }
	part := func(json string) string { return base64.RawURLEncoding.EncodeToString([]byte(json)) }
	password := []string{"Tr0ub4dor-and-3", "hunter2-Blue!", "correct-horse-battery-staple", "S3cr3t pa55 phrase", "p@ss;w0rd", "9f86d081884c7d65", "Zürich-2024", "qwertzuiop", "x7#Kq)2}z", "Passw0rd"}[variant%10]
	urlPass := pick("[0-9A-Za-z]{14}", "[0-9A-Za-z]{8}%21[0-9a-z]{4}", "[a-z]{5}-[A-Z]{3}-[0-9]{2}")
	return map[string]string{
		"openaiKey":    pick("sk-proj-[-_0-9A-Za-z]{124}", "sk-[0-9A-Za-z]{20}T3BlbkFJ[0-9A-Za-z]{20}", "sk-svcacct-[-_0-9A-Za-z]{60}", "sk-proj-[0-9A-Za-z]{48}"),
		"githubToken":  pick("ghp_[0-9A-Za-z]{36}", "github_pat_[0-9A-Z]{22}_[0-9A-Za-z]{59}", "gho_[0-9A-Za-z]{36}", "ghs_[0-9A-Za-z]{36}"),
		"awsKeyId":     pick("AKIA[2-7A-Z]{16}", "ASIA[2-7A-Z]{16}"),
		"awsSecret":    pick("[0-9A-Za-z/+]{38}7q", "[0-9A-Za-z]{38}7q"),
		"password":     password,
		"dbUrl":        fmt.Sprintf(pickString(variant, "postgres://app:%s@db.internal:5432/app", "mongodb+srv://svc:%s@cluster0.x1.mongodb.net/prod?retryWrites=true", "redis://:%s@cache:6379/0", "mysql://root:%s@10.0.0.5/shop", "postgresql+asyncpg://u:%s@h/db"), urlPass),
		"jwt":          part(`{"alg":"HS256","typ":"JWT"}`) + "." + part(fmt.Sprintf(`{"sub":"u-%d","iat":1795345571}`, variant)) + "." + Sample("[-_0-9A-Za-z]{43}", seed),
		"email":        pickString(variant, "jane.doe@example.com", "bob+tag@mail.example.co.uk", "müller@beispiel.de", "o'neil@firma.example", "x_1@sub.domain.example.org"),
		"phone":        pickString(variant, "+1 415 555 0132", "+49 30 901820", "(415) 555-0132", "415-555-0132", "+442079460958", "+33 6 12 34 56 78", "415.555.0132"),
		"ssn":          pick("21[0-9]-0[1-9]-[1-9][0-9]{3}", "4[0-9][1-9]-[2-8][1-9]-[1-9][0-9]{3}"),
		"card":         cardText(Card(pickString(variant, "4", "5105", "2221", "6011"), 16, rnd), variant),
		"slackWebhook": pick("https://hooks\\.slack\\.com/services/T[0-9A-Z]{8}/B[0-9A-Z]{8}/[0-9A-Za-z]{24}", "https://hooks\\.slack\\.com/services/T[0-9A-Z]{10}/B[0-9A-Z]{10}/[0-9A-Za-z]{24}"),
	}
}

func pickString(variant int, choices ...string) string { return choices[variant%len(choices)] }

func cardText(digits string, variant int) string {
	sep := pickString(variant, "", " ", "-")
	return strings.Join([]string{digits[:4], digits[4:8], digits[8:12], digits[12:]}, sep)
}

// Fill puts the values in the place of @@name@@.
func Fill(text string, values map[string]string) string {
	for name, value := range values {
		text = strings.ReplaceAll(text, "@@"+name+"@@", value)
	}
	return text
}
