package redacttest

import "fmt"

// tokenFormats are tokens with a public prefix, in the forms that their vendors document.
var tokenFormats = []string{
	"sk-proj-[0-9A-Za-z_-]{74}T3BlbkFJ[0-9A-Za-z_-]{74}", "sk-[0-9A-Za-z]{20}T3BlbkFJ[0-9A-Za-z]{20}", "sk-svcacct-[0-9A-Za-z_-]{74}", "sk-ant-api03-[0-9A-Za-z_-]{93}AA", "sk-or-v1-[0-9a-f]{64}", "sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "AIza[0-9A-Za-z_-]{35}", "hf_[A-Za-z]{34}", "gsk_[0-9A-Za-z]{52}", "xai-[0-9A-Za-z]{80}", "r8_[0-9A-Za-z]{37}", "pplx-[0-9a-zA-Z]{48}", "nvapi-[0-9A-Za-z_-]{64}", "lsv2_pt_[0-9a-f]{32}_[0-9a-f]{10}", "tvly-[0-9A-Za-z]{32}", "pcsk_[0-9A-Za-z]{6}_[0-9A-Za-z]{62}",
	"AKIA[A-Z2-7]{16}", "ASIA[A-Z2-7]{16}", "ya29\\.[0-9A-Za-z_-]{140}", "GOCSPX-[0-9A-Za-z_-]{28}", "[0-9A-Za-z_]{3}8Q~[0-9A-Za-z_~.-]{34}", "dop_v1_[0-9a-f]{64}", "dapi[0-9a-f]{32}", "hvs\\.[0-9A-Za-z_-]{90}", "dp\\.pt\\.[0-9A-Za-z]{43}", "sbp_[0-9a-f]{40}", "pul-[0-9a-f]{40}", "tskey-auth-[0-9A-Za-z]{12}CNTRL-[0-9A-Za-z]{32}", "AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
	"ghp_[0-9A-Za-z]{36}", "gho_[0-9A-Za-z]{36}", "ghs_[0-9A-Za-z]{36}", "github_pat_[0-9A-Z]{22}_[0-9A-Za-z]{59}", "glpat-[0-9A-Za-z_-]{20}", "ATATT3xFfGF0[0-9A-Za-z_-]{170}", "npm_[0-9A-Za-z]{36}", "pypi-AgEIcHlwaS5vcmc[0-9A-Za-z_-]{140}", "rubygems_[0-9a-f]{48}", "dckr_pat_[0-9A-Za-z_-]{27}", "CCIPAT_[0-9A-Za-z]{22}_[0-9a-f]{40}", "sqp_[0-9a-f]{40}", "PMAK-[0-9a-f]{24}-[0-9a-f]{34}", "NRAK-[0-9A-Z]{27}", "glsa_[0-9A-Za-z]{32}_[0-9a-f]{8}", "sntrys_eyJ[0-9A-Za-z]{90}={0,2}_[0-9A-Za-z+/]{43}", "dt0c01\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}", "figd_[0-9A-Za-z_-]{40}", "ntn_[0-9A-Za-z]{46}", "lin_api_[0-9A-Za-z]{40}", "pat[0-9A-Za-z]{14}\\.[0-9a-f]{64}",
	"xoxb-[0-9]{12}-[0-9]{12}-[0-9A-Za-z]{24}", "xoxp-[0-9]{12}-[0-9]{12}-[0-9]{12}-[0-9a-f]{32}", "xapp-1-A[0-9A-Z]{10}-[0-9]{13}-[0-9a-f]{64}", "SG\\.[0-9A-Za-z_-]{22}\\.[0-9A-Za-z_-]{43}", "key-[0-9a-f]{32}", "xkeysib-[0-9a-f]{64}-[0-9A-Za-z]{16}", "re_[0-9A-Za-z]{8}_[0-9A-Za-z]{24}", "sk_live_[0-9A-Za-z]{24}", "rk_live_[0-9A-Za-z]{99}", "whsec_[0-9A-Za-z]{32}", "sq0csp-[0-9A-Za-z_-]{43}", "shpat_[0-9a-f]{32}", "SK[0-9a-f]{32}", "[1-9][0-9]{8}:AA[0-9A-Za-z_-]{33}", "pat-na1-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
	"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\\.eyJ[0-9A-Za-z_-]{60}\\.[0-9A-Za-z_-]{43}",
}

// tokenPlaces are places of a token that say nothing about it.
var tokenPlaces = []string{
	"%s", "see %s.", "it was %s, I think", `{"v":"%s"}`, `{\"v\":\"%s\"}`, `{\\\"v\\\":\\\"%s\\\"}`, "(%s)", "`%s`", "“%s”", "见%s。", "x=%s&y=1", "a\n%s\nb", "a\\n%s\\nb", "<v>%s</v>", "| %s |", "[x](%s)", "'%s'", "%s; y", "/p/%s/q", "#%s",
}

// TokenCases are tokens with a public prefix in texts that say nothing about them.
func TokenCases() (out []Case) {
	for i, format := range tokenFormats {
		for j, place := range tokenPlaces {
			token := Sample(format, uint64(i)*100+uint64(j))
			out = append(out, Case{format + " in " + place, fmt.Sprintf(place, token), token})
		}
	}
	return out
}
