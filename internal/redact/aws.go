package redact

// maxKeyDistance bounds how far after an AWS key id its secret may follow.
const maxKeyDistance = 160

// awsSecret looks for a secret access key, 40 characters of base64, in the text that follows its key id.
func (sc *scanner) awsSecret(i int) {
	s := sc.text
	limit := min(len(s), i+maxKeyDistance)
	for i < limit {
		if !base64Set.has(s[i]) || escapeLen(s, i) > 0 {
			i += 1 + escapeLen(s, i)/5*4
			continue
		}
		end := i
		for end < len(s) && base64Set.has(s[end]) && end-i <= 41 {
			end++
		}
		if end-i == 40 && random(s[i:end]) && !allHex(s[i:end]) {
			sc.add(i, end, ruleAWSSecret)
			return
		}
		if end-i == 41 && s[i] == '=' && random(s[i+1:end]) && !allHex(s[i+1:end]) {
			sc.add(i+1, end, ruleAWSSecret)
			return
		}
		for end < limit && base64Set.has(s[end]) {
			end++
		}
		i = end
	}
}

func allHex(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isHex(s[i]) {
			return false
		}
	}
	return true
}
