package redact

import "strings"

// localStart returns where the local part of an address that ends at i begins, at lo or after it. Languages without blanks write the words
// around an address directly beside it: beside an ASCII domain a local part that ends in ASCII begins where its Latin letters do. An
// internationalised address (RFC 6531) has letters of any script.
func localStart(s string, i, lo int, international bool) int {
	if i == lo {
		return i
	}
	latin := !international && s[i-1] < 0x80
	start := i
	for start > lo {
		b := s[start-1]
		if b < 0x80 {
			if !localCommon.has(b) {
				break
			}
			start--
			continue
		}
		if punctuationBefore(s, start) || latin && !latinBefore(s, start) {
			break
		}
		start--
	}
	return start
}

// latinBefore reports that the byte before i belongs to a Latin letter outside ASCII or to a combining mark.
func latinBefore(s string, i int) bool {
	j := i - 1
	for j > 0 && s[j] >= 0x80 && s[j] < 0xC0 {
		j--
	}
	return latinLead(s, j)
}

// latinLead reports that a Latin letter outside ASCII, or a combining mark, begins at s[i]: U+00C0 to U+024F, U+0300 to U+036F, U+1E00 to
// U+1EFF.
func latinLead(s string, i int) bool {
	switch b := s[i]; {
	case b >= 0xC3 && b <= 0xC8, b == 0xCC:
		return true
	case b == 0xC9:
		return at(s, i+1) < 0x90
	case b == 0xCD:
		return at(s, i+1) < 0xB0
	case b == 0xE1:
		return at(s, i+1) >= 0xB8 && at(s, i+1) <= 0xBB
	}
	return false
}

// domainOver reports that the domain from start is complete where another script begins at i: its last label is a top-level domain in ASCII.
func domainOver(s string, start, i int) bool {
	if i == start || s[i-1] >= 0x80 {
		return false // where ASCII ends only
	}
	name := s[start:i]
	dot := strings.LastIndexByte(name, '.')
	if dot <= 0 || !ascii(name[dot+1:]) {
		return false
	}
	if latinLead(s, i) {
		return !labelFollows(s, i) // comédie.fr has a Latin letter within a label
	}
	tld := name[dot+1:]
	if tld == "" {
		// A label in another script: a top-level domain such as 公司, or the words after a full stop.
		before := name[:dot]
		inner := strings.LastIndexByte(before, '.')
		return inner > 0 && len(before)-inner > 2 && letters.all(before[inner+1:]) && !scriptDomain(s[i:])
	}
	return len(tld) > 1 && (letters.all(tld) || strings.HasPrefix(tld, "xn--"))
}

// labelFollows reports that the label of a domain that has a letter at i goes on to a dot and another label.
func labelFollows(s string, i int) bool {
	j := i
	for j < len(s) && j-i < 63 && (isAlnum(s[j]) || s[j] == '-' || s[j] >= 0x80 && !punctuation(s[j:])) {
		j++
	}
	return at(s, j) == '.' && (isAlnum(at(s, j+1)) || at(s, j+1) >= 0x80)
}

// scriptDomains are top-level domains in other scripts that follow ASCII labels (IANA root zone database).
var scriptDomains = []string{
	"公司", "网络", "中国", "中國", "香港", "台湾", "台灣", "新加坡", "在线", "中文网", "网站", "网址", "商城", "集团", "企业", "移动", "信息", "我爱你", "みんな", "한국", "닷컴", "닷넷", "コム",
	"рф", "рус", "москва", "дети", "онлайн", "сайт", "орг", "ком", "укр", "бел", "срб", "мкд", "бг", "қаз", "мон", "ею", "ελ", "ευ", "հայ", "გე", "קום", "ישראל",
	"भारत", "संगठन", "कॉम", "ভারত", "বাংলা", "ไทย", "คอม", "ලංකා", "இந்தியா", "مصر", "السعودية", "امارات", "قطر", "ایران", "شبكة", "موقع", "كوم", "الجزائر", "المغرب", "تونس", "عمان", "سورية", "فلسطين",
}

// scriptDomain reports one of scriptDomains at the start of s.
func scriptDomain(s string) bool {
	for _, d := range scriptDomains {
		if strings.HasPrefix(s, d) {
			return true
		}
	}
	return false
}
