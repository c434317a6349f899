package redact

import "strings"

// foreignKeys are words for secrets in scripts without ASCII letters, which no operator need follow: 密码是x, パスワードはxです. Their last byte
// is an operator byte (class.go), so that they are looked for where it stands.
var foreignKeys = []struct {
	text string
	info keyInfo
}{
	{"密码", keyInfo{keyPassword, rulePassword}},
	{"密碼", keyInfo{keyPassword, rulePassword}},
	{"パスワード", keyInfo{keyPassword, rulePassword}},
	{"비밀번호", keyInfo{keyPassword, rulePassword}},
	{"пароль", keyInfo{keyPassword, rulePassword}},
	{"Пароль", keyInfo{keyPassword, rulePassword}},
	{"密钥", keyInfo{keySecret, ruleSecret}},
	{"密鑰", keyInfo{keySecret, ruleSecret}},
	{"令牌", keyInfo{keyToken, ruleToken}},
	{"סיסמה", keyInfo{keyPassword, rulePassword}},
	{"كلمة المرور", keyInfo{keyPassword, rulePassword}},
	{"كلمة السر", keyInfo{keyPassword, rulePassword}},
	{"รหัสผ่าน", keyInfo{keyPassword, rulePassword}},
	{"mật khẩu", keyInfo{keyPassword, rulePassword}},
	{"Mật khẩu", keyInfo{keyPassword, rulePassword}},
}

// foreignTrigger is, by word, the offset after the byte at which the scanner stops.
var foreignTrigger = map[string]int{
	"密码": 3, "密碼": 3, "密钥": 3, "密鑰": 3, "パスワード": 15, "비밀번호": 12, "пароль": 12, "Пароль": 12, "令牌": 6,
	"סיסמה": 10, "كلمة المرور": 21, "كلمة السر": 17, "รหัสผ่าน": 24, "mật khẩu": 11, "Mật khẩu": 11,
}

// foreignKeyBit returns 1 when the byte at i may belong to one of foreignKeys.
func foreignKeyBit(b []byte, i int) uint64 {
	if i < 2 {
		return 1
	}
	switch {
	case b[i] == 0x9B && (b[i-1] == 0xC2 || b[i-1] == 0x90 && b[i-2] == 0xE2): // U+009B, U+241B
		return 1
	case b[i] == 0x86 && b[i-1] == 0xAF && b[i-2] == 0xE5, // 密
		b[i] == 0x8C && (b[i-1] == 0xD1 && b[i-2] == 0xBB || b[i-1] == 0x89 && b[i-2] == 0xE7), // ль, 牌
		b[i] == 0x89 && b[i-1] == 0x83 && b[i-2] == 0xE3,                                       // ド
		b[i] == 0xB8 && b[i-1] == 0x98 && b[i-2] == 0xED,                                       // 호
		b[i] == 0x94 && b[i-1] == 0xD7,                                                         // ה
		b[i] == 0xB1 && b[i-1] == 0xD8,                                                         // ر
		b[i] == 0x99 && b[i-1] == 0xB8 && b[i-2] == 0xE0,                                       // น
		b[i] == 0xA9 && b[i-1] == 0xBA && b[i-2] == 0xE1:                                       // ẩ
		return 1
	}
	return 0
}

// foreignLinks stand between such a word and its value.
var foreignLinks = []string{" ", "是", "为", "為", "は", "는", "은", "を", "设为", "設為", "设置为", "已设置为", "改为", "已改为", "：", ":", "— ", "– ", "- ", "\u3000", "被设置为", "就是", "改成了", "改成", "应该是", "现在是", "هي", "هو", "היא", "הוא", "คือ", "là", "это"}

// foreignKey handles one of foreignKeys around the byte at i.
func (sc *scanner) foreignKey(i int) {
	s := sc.text
	for k := range foreignKeys {
		w := &foreignKeys[k]
		from := i + 1 - foreignTrigger[w.text]
		if from < sc.floor || !strings.HasPrefix(s[from:], w.text) {
			continue
		}
		j := from + len(w.text)
		operator := false
		for range 5 {
			found := false
			for _, link := range foreignLinks {
				if strings.HasPrefix(s[j:], link) {
					operator = operator || link == ":" || link == "："
					j += len(link)
					found = true
					break
				}
			}
			if !found {
				break
			}
		}
		if operator && j-from-len(w.text) <= len("： ") {
			return // the operator has its own event
		}
		if j >= len(s) {
			return
		}
		if j == from+len(w.text) || s[j] >= 0x80 && len(s) > j+1 && !punctuation(s[j:]) {
			sc.foreignBetween(j, w.info)
			return
		}
		if open, end := unicodeQuotes(s, j); end > open {
			sc.judge(open, end, w.info, settingProse)
			return
		}
		end := j
		for end < len(s) && end-j < maxBare && s[end] > ' ' && s[end] < 0x7F && strings.IndexByte("\"'`<>\\", s[end]) < 0 {
			end++
		}
		for end > j && strings.IndexByte(".,;:!?)", s[end-1]) >= 0 {
			end--
		}
		if before := len(sc.found); end > j {
			sc.judgeBare(j, end, w.info, settingProse, 0)
			if len(sc.found) == before {
				sc.foreignBetween(from+len(w.text), w.info)
			}
			return
		}
		if strings.IndexByte("\"'`\\", s[j]) >= 0 {
			sc.proseValue(j, w.info, true)
		}
		return
	}
}
