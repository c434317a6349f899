#!/bin/sh
# Writes the test cases of gitleaks' own rules as JSON lines to the file given: {"rule","text","secrets"} for a true positive, {"rule","text"} for
# a false one. They come out of a throw-away copy of its module in which the check of a rule is replaced by a print. Keep the file out of the
# repository: other scanners would take it for a leak.
#
#   oracle/gitleaks.sh /tmp/gitleaks.jsonl && REDACT_GITLEAKS=/tmp/gitleaks.jsonl go test -run Gitleaks -v ./internal/redact
set -eu
out=${1:?usage: gitleaks.sh <file>}
version=v8.30.1
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
(cd "$work" && printf 'module throwaway\ngo 1.26\n' >go.mod && go mod download "github.com/zricethezav/gitleaks/v8@$version")
cp -r "$(go env GOMODCACHE)/github.com/zricethezav/gitleaks/v8@$version" "$work/gitleaks"
chmod -R u+w "$work/gitleaks"
cd "$work/gitleaks"
cat >cmd/generate/config/utils/print.go <<'GO'
package utils

import (
	"encoding/json"
	"os"

	"github.com/zricethezav/gitleaks/v8/config"
)

type printed struct {
	Rule    string   `json:"rule"`
	Text    string   `json:"text"`
	Secrets []string `json:"secrets,omitempty"`
}

func print(r config.Rule, positives, negatives []string) *config.Rule {
	rule := &r
	d := createSingleRuleDetector(rule)
	f, err := os.OpenFile(os.Getenv("DUMP"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	w := json.NewEncoder(f)
	for _, text := range positives {
		p := printed{Rule: rule.RuleID, Text: text}
		for _, finding := range d.DetectString(text) {
			p.Secrets = append(p.Secrets, finding.Secret)
		}
		w.Encode(p)
	}
	for _, text := range negatives {
		w.Encode(printed{Rule: rule.RuleID, Text: text})
	}
	return rule
}

func values(m map[string]string) (out []string) {
	for _, v := range m {
		out = append(out, v)
	}
	return out
}
GO
perl -0pi -e 's/func Validate\(.*?\n}\n/func Validate(rule config.Rule, truePositives []string, falsePositives []string) *config.Rule {\n\treturn print(rule, truePositives, falsePositives)\n}\n/s; s/func ValidateWithPaths\(.*?\n}\n/func ValidateWithPaths(rule config.Rule, truePositives map[string]string, falsePositives map[string]string) *config.Rule {\n\treturn print(rule, values(truePositives), values(falsePositives))\n}\n/s; s/\n\t"github.com\/zricethezav\/gitleaks\/v8\/logging"//; ' cmd/generate/config/utils/validate.go
perl -0pi -e 's/logging\.Fatal\(\)\.Err\(err\)\.Msg\("invalid global allowlist"\)/panic(err)/' cmd/generate/config/utils/validate.go
: >"$out"
cd cmd/generate/config
GOFLAGS=-mod=mod CGO_ENABLED=0 DUMP=$(realpath "$out") go run . "$work/gitleaks.toml" >/dev/null
wc -l "$out"
