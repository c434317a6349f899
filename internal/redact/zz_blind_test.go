package redact

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
)

type zzSec struct{ name, format string }

var zzTokens = []zzSec{
	{"openai", "sk-[0-9A-Za-z]{20}T3BlbkFJ[0-9A-Za-z]{20}"}, {"openai proj", "sk-proj-[-_0-9A-Za-z]{156}"}, {"anthropic", "sk-ant-api03-[-_0-9A-Za-z]{93}AA"}, {"google", "AIza[-_0-9A-Za-z]{35}"}, {"hf", "hf_[0-9A-Za-z]{34}"}, {"groq", "gsk_[0-9A-Za-z]{52}"}, {"xai", "xai-[0-9A-Za-z]{80}"}, {"replicate", "r8_[0-9A-Za-z]{37}"}, {"pplx", "pplx-[0-9A-Za-z]{48}"}, {"openrouter", "sk-or-v1-[0-9a-f]{64}"}, {"nvapi", "nvapi-[-_0-9A-Za-z]{64}"}, {"csk", "csk-[0-9a-z]{48}"}, {"tgp", "tgp_v1_[-_0-9A-Za-z]{43}"}, {"absk", "ABSK[0-9A-Za-z+/]{128}"}, {"langfuse", "sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}"}, {"lsv2", "lsv2_pt_[0-9a-f]{32}_[0-9a-f]{10}"}, {"pcsk", "pcsk_[0-9A-Za-z]{5}_[0-9A-Za-z]{63}"}, {"tvly", "tvly-[0-9A-Za-z]{32}"}, {"deepseek", "sk-[0-9a-f]{32}"}, {"fireworks", "fw_[0-9A-Za-z]{24}"}, {"voyage", "pa-[-_0-9A-Za-z]{43}"}, {"jina", "jina_[0-9a-f]{32}[-_0-9A-Za-z]{28}"}, {"mistral ctx", ""},
	{"aws id", "AKIA[2-7A-Z]{16}"}, {"aws temp", "ASIA[2-7A-Z]{16}"}, {"gocspx", "GOCSPX-[-_0-9A-Za-z]{28}"}, {"ya29", "ya29\\.[-_0-9A-Za-z]{120}"}, {"entra", "[0-9A-Za-z]{3}8Q~[-_.~0-9A-Za-z]{34}"}, {"do", "dop_v1_[0-9a-f]{64}"}, {"ghp", "ghp_[0-9A-Za-z]{36}"}, {"gho", "gho_[0-9A-Za-z]{36}"}, {"fine", "github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}"}, {"glpat", "glpat-[-_0-9A-Za-z]{20}"}, {"glpat new", "glpat-[-_0-9A-Za-z]{27}\\.01\\.[0-9a-z]{9}"}, {"npm", "npm_[0-9A-Za-z]{36}"}, {"pypi", "pypi-AgEIcHlwaS5vcmc[-_0-9A-Za-z]{90}"}, {"dckr", "dckr_pat_[-_0-9A-Za-z]{27}"}, {"slack", "xoxb-[0-9]{12}-[0-9]{12}-[0-9A-Za-z]{24}"}, {"xapp", "xapp-1-A[0-9A-Z]{10}-[0-9]{13}-[0-9a-f]{64}"}, {"stripe", "sk_live_[0-9A-Za-z]{24}"}, {"rk", "rk_live_[0-9A-Za-z]{99}"}, {"whsec", "whsec_[0-9A-Za-z]{32}"}, {"twilio", "SK[0-9a-f]{32}"}, {"sendgrid", "SG\\.[-_0-9A-Za-z]{22}\\.[-_0-9A-Za-z]{43}"}, {"mailgun", "key-[0-9a-f]{32}"}, {"mailchimp", "[0-9a-f]{32}-us[1-9]"}, {"newrelic", "NRAK-[0-9A-Z]{27}"}, {"nral", "[0-9a-f]{32}FFFFNRAL"}, {"eu nral", "eu01xx[0-9a-f]{26}FFFFNRAL"}, {"grafana", "glsa_[0-9A-Za-z]{32}_[0-9a-f]{8}"}, {"glc", "glc_eyJ[0-9A-Za-z+/]{90}="}, {"sentry", "sntrys_eyJ[0-9A-Za-z]{80}=_[0-9A-Za-z+/]{43}"}, {"shopify", "shpat_[0-9a-f]{32}"}, {"telegram", "[1-9][0-9]{9}:AA[-_0-9A-Za-z]{33}"}, {"discord", "MT[AEIMQUYcgk][0-9A-Za-z]{23}\\.G[0-9A-Za-z]{5}\\.[-_0-9A-Za-z]{38}"}, {"linear", "lin_api_[0-9A-Za-z]{40}"}, {"notion", "ntn_[0-9]{11}[0-9A-Za-z]{35}"}, {"figma", "figd_[-_0-9A-Za-z]{40}"}, {"vault", "hvs\\.[-_0-9A-Za-z]{90}"}, {"tfc", "[0-9A-Za-z]{14}\\.atlasv1\\.[-_0-9A-Za-z]{67}"}, {"databricks", "dapi[0-9a-f]{32}"}, {"age", "AGE-SECRET-KEY-1[0-9QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"}, {"jwt", "eyJ[0-9A-Za-z]{33}\\.eyJ[0-9A-Za-z]{60}\\.[-_0-9A-Za-z]{43}"}, {"okta", ""}, {"asana", "1/[1-9][0-9]{15}:[0-9a-f]{32}"}, {"vercelblob", "vercel_blob_rw_[0-9A-Za-z]{16}_[0-9A-Za-z]{30}"}, {"azure oai", "[0-9A-Za-z]{52}JQQJ99BA[0-9A-Za-z]{14}ACOG[0-9A-Za-z]{6}"}, {"atlassian", "ATATT3xFfGF0[-_=0-9A-Za-z]{170}"}, {"cloudflare", "v1\\.0-[0-9a-f]{24}-[0-9a-f]{146}"}, {"pulumi", "pul-[0-9a-f]{40}"}, {"posthog", "phx_[0-9A-Za-z]{43}"}, {"doppler", "dp\\.pt\\.[0-9A-Za-z]{43}"}, {"airtable", "pat[0-9A-Za-z]{14}\\.[0-9a-f]{64}"}, {"square", "EAAA[-_0-9A-Za-z]{60}"}, {"bcrypt", "\\$2b\\$12\\$[./0-9A-Za-z]{53}"},
	{"cohere", ""}, {"rubygems", "rubygems_[0-9a-f]{48}"}, {"crates", "cio[0-9A-Za-z]{32}"}, {"dynatrace", "dt0c01\\.[A-Z2-7]{24}\\.[A-Z2-7]{64}"}, {"planetscale", "pscale_tkn_[-_0-9A-Za-z]{43}"}, {"firebase fcm", "AAAA[-_0-9A-Za-z]{7}:APA91b[-_0-9A-Za-z]{134}"}, {"circleci", "CCIPAT_[0-9A-Za-z]{22}_[0-9a-f]{40}"}, {"hcp", "hvb\\.[-_0-9A-Za-z]{150}"}, {"buildkite", "bkua_[0-9a-f]{40}"}, {"tailscale", "tskey-auth-[0-9A-Za-z]{12}CNTRL-[0-9A-Za-z]{32}"}, {"ngrok", "2[0-9A-Za-z]{26}_[0-9A-Za-z]{20}"}, {"sonar", "sqp_[0-9a-f]{40}"}, {"snyk", "snyk_uat\\.[0-9a-f]{8}\\.[-_0-9A-Za-z.]{60}"}, {"mapbox", "sk\\.eyJ[0-9A-Za-z]{80}\\.[-_0-9A-Za-z]{22}"}, {"pat azure devops", "[0-9A-Za-z]{76}AZDO[0-9A-Za-z]{4}"},
	{"wandb", "wandb_v1_[0-9A-Za-z_]{77}"}, {"elevenlabs", "sk_[0-9a-f]{48}"}, {"e2b", "e2b_[0-9a-f]{40}"}, {"llx", "llx-[0-9A-Za-z]{48}"}, {"supabase", "sbp_[0-9a-f]{40}"}, {"sbsecret", "sb_secret_[-_0-9A-Za-z]{31}"}, {"postman", "PMAK-[0-9a-f]{24}-[0-9a-f]{34}"}, {"contentful", "CFPAT-[-_0-9A-Za-z]{43}"}, {"hubspot", "pat-na1-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}"}, {"square", "sq0csp-[-_0-9A-Za-z]{43}"}, {"adyen", "AQE[0-9A-Za-z]{4}hmfxK[-_0-9A-Za-z+/]{80}"}, {"segment", ""}, {"easypost", "EZAK[0-9A-Za-z]{54}"}, {"facebook", "EAACEdEose0cBA[0-9A-Za-z]{150}"}, {"lark", "t-[0-9a-z]{40}"}, {"alibaba", "LTAI5t[0-9A-Za-z]{18}"}, {"tencent", "AKID[0-9A-Za-z]{32}"}, {"yandex", "AQVN[-_0-9A-Za-z]{36}"},
}

var zzTokPlaces = []string{"%s", `{"text":"my key is %s, keep it"}`, `[{"role":"user","content":"use %s please"}]`, `{"a":"{\"b\":\"%s\"}"}`, "curl -H 'Authorization: Bearer %s' https://x", "error at token %s.", "(%s)", "a=%s&b=1", "https://h/x?k=%s", "见%s。", "`%s`", "<b>%s</b>", "line1\n%s\nline2", `line1\n%s\nline2`, "key:%s", "[%s]", "{%s}", "\"%s\"", "'%s',", "%s;", "KEY=%s", "é%s", "→%s←", "\t%s\t", "%s\u200b", "x,%s,y", "|%s|", "**%s**", "_%s_", "~~%s~~", "%s!", "%s?", "%s:", "%s…", "“%s”", "%%22%s%%22", "\\u0022%s\\u0022", "&quot;%s&quot;", "@%s", "#%s", "$%s", "/%s/", "key/%s"}

var zzPII = []zzSec{{"email", "[a-z]{5}\\.[a-z]{6}@[a-z]{6}\\.(com|de|io|co\\.uk)"}, {"phone us", "\\+1 [2-9][0-9]{2} [2-9][0-9]{2} [0-9]{4}"}, {"phone us2", "\\([2-9][0-9]{2}\\) [2-9][0-9]{2}-[0-9]{4}"}, {"phone dash", "[2-9][0-9]{2}-[2-9][0-9]{2}-[0-9]{4}"}, {"phone de", "\\+49 1[567][0-9] [1-9][0-9]{7}"}, {"phone uk", "\\+44 7[0-9]{3} [0-9]{6}"}, {"phone fr", "\\+33 6 [0-9]{2} [0-9]{2} [0-9]{2} [0-9]{2}"}, {"phone in", "\\+91[6-9][0-9]{9}"}, {"ssn", "(21[0-9]|4[0-9][1-9])-[2-8][1-9]-[1-9][0-9]{3}"}}

var zzPIIPlaces = []string{"%s", "My number is %s, call me", `{"user":{"contact":"%s"}}`, `{"a":"{\"b\":\"%s\"}"}`, "contact: %s\n", "(%s)", "<%s>", "见%s。", "- %s\n- x", "| %s |", "Customer %s called", "a,%s,b", "“%s”", "\\n%s\\n", "%s.", "%s,", "[%s]", "`%s`", "to %s at 10:00", "%s / x", "user=%s;", "名前：%s", "tel:%s", "id=1 who=%s ok", "\t%s", "**%s**", "\"%s\"", "'%s'"}

func TestZBlind(t *testing.T) {
	r := newRedactor(t)
	report := func(what string, total int, missed map[string]int) {
		n := 0
		for p, k := range missed {
			n += k
			fmt.Printf("  %3d %q\n", k, p)
		}
		fmt.Printf("== %s %d of %d missed (%.2f %% found)\n", what, n, total, 100-100*float64(n)/float64(total))
	}
	run := func(what string, secs []zzSec, places []string) {
		missed, total := map[string]int{}, 0
		for i, sec := range secs {
			if sec.format == "" {
				continue
			}
			for j, p := range places {
				v := redacttest.Sample(sec.format, uint64(i*1000+j+5))
				if sec.name == "entra" && strings.HasSuffix(v, ".") { continue }
				in := fmt.Sprintf(p, v)
				total++
				out, _ := r.String("", in)
				if strings.Contains(out, v[len(v)/4:len(v)*3/4]) {
					missed[sec.name]++
					missed["@ "+p]++
				}
				if again, _ := r.String("", out); again != out {
					fmt.Printf("IDEMP %q %q\n", out, again)
				}
				if json.Valid([]byte(in)) && !json.Valid([]byte(out)) && strings.ContainsAny(in, "{[\"") {
					fmt.Printf("JSON %q %q\n", in, out)
				}
			}
		}
		report(what, total, missed)
	}
	run("tokens", zzTokens, zzTokPlaces)
	run("pii", zzPII, zzPIIPlaces)
}
