package redact

const (
	// minHighEntropy and maxHighEntropy bound the length of the strings that the preset high_entropy replaces.
	minHighEntropy = 20
	maxHighEntropy = 256
	// minBits is the least Shannon entropy of such a string, in bits per character. Random base64 of 20 characters has about 4.0.
	minBits = 3.7
)

// highEntropy finds random strings without any context. Hexadecimal ones and UUIDs are identifiers more often than secrets and
// stay.
func highEntropy(sc *scanner) {
	s := sc.text
	for i := 0; i < len(s); {
		if !isAlnum(s[i]) || !wordBegins(s, i) {
			i++
			continue
		}
		end := i
		for end < len(s) && (urlSafe.has(s[end]) || s[end] == '+' || s[end] == '/' || s[end] == '=') {
			end++
		}
		from := i + escapeLen(s, i)
		if n := end - from; n >= minHighEntropy && n <= maxHighEntropy {
			if v := s[from:end]; !allHex(v) && !uuidShape(v) && random(v) && classSwitches(v) >= n/3 && entropy(v) >= minBits {
				sc.add(from, end, ruleHighEntropy)
			}
		}
		i = max(end, i+1)
	}
}
