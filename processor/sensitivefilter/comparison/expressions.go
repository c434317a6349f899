package main

// expressions are twenty usual expressions for secrets and personal data, as the documentation of collectors and scanners shows them. Keywords
// are given where an expression has no literal of its own.
var expressions = []struct {
	id, regex string
	keywords  []string
	slow      bool
}{
	{"aws-access-key-id", `\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`, nil, false},
	{"github-token", `\bgh[pousr]_[0-9A-Za-z]{36}\b`, []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_"}, false},
	{"github-pat", `\bgithub_pat_[0-9A-Za-z_]{82}\b`, nil, false},
	{"openai-key", `\bsk-(?:proj-)?[0-9A-Za-z_-]{20,}`, nil, false},
	{"anthropic-key", `\bsk-ant-[0-9A-Za-z_-]{20,}`, nil, false},
	{"google-key", `\bAIza[0-9A-Za-z_-]{35}`, nil, false},
	{"slack-token", `\bxox[abprs]-[0-9A-Za-z-]{10,}`, nil, false},
	{"slack-webhook", `hooks\.slack\.com/services/[0-9A-Za-z/]+`, nil, false},
	{"gitlab-token", `\bglpat-[0-9A-Za-z_-]{20}`, nil, false},
	{"huggingface-token", `\bhf_[A-Za-z]{34}\b`, nil, false},
	{"stripe-key", `\b[rs]k_(?:live|test)_[0-9A-Za-z]{24,}`, []string{"k_live_", "k_test_"}, false},
	{"sendgrid-key", `\bSG\.[\w-]{22}\.[\w-]{43}`, nil, false},
	{"npm-token", `\bnpm_[0-9A-Za-z]{36}\b`, nil, false},
	{"jwt", `\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]*`, nil, false},
	{"private-key", `-----BEGIN [A-Z ]*PRIVATE KEY-----`, nil, false},
	{"bearer", `(?i)\bbearer\s+[\w.~+/-]{16,}`, nil, false},
	{"password", `(?i)\bpassword["']?\s*[:=]\s*["']?[^\s"',;&]+`, nil, false},
	{"email", `\b[\w.+-]+@[\w-]+\.[\w.-]+\b`, nil, false},
	{"ssn", `\b\d{3}-\d{2}-\d{4}\b`, nil, false},
	{"card", `\b(?:4\d{3}|5[1-5]\d{2}|3[47]\d{2})[ -]?\d{4}[ -]?\d{4}[ -]?\d{3,4}\b`, nil, true},
}
