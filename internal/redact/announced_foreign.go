package redact

import (
	"encoding/binary"
	"strings"
)

// foreignRow is announceRow for scripts without ASCII letters. Their phrases are looked for before a number, because no event of the scanner begins a
// word of theirs.
var foreignRows = []announceRow{
	{announcePhone, "", "ru uk", "телефон, тел., моб., мобильный, сотовый, звоните, позвоните, мой номер, номер для связи"},
	{announcePhone, "", "zh ja ko", "电话, 手机, 電話, 手機, 联系方式, 致电, 拨打, 携帯, 連絡先, 전화, 휴대폰, 핸드폰, 휴대전화, 연락처"},
	{announcePhone, "", "ar he th el hi", "هاتف, الجوال, جوال, طلفون, טלפון, נייד, โทร, เบอร์, τηλέφωνο, κινητό, फोन, मोबाइल"},
	{announceCard, "", "ru uk", "карт, картка"},
	{announceCard, "", "zh ja ko", "卡号, 信用卡, 银行卡, 卡號, 借记卡, 储蓄卡, カード, 카드"},
	{announceCard, "", "ar he th el hi", "بطاقة, البطاقة, כרטיס, บัตรเครดิต, บัตร, κάρτα, कार्ड"},
	{announceCode, "", "ru uk", "код подтверждения, код проверки, код доступа, код безопасности, проверочный код, одноразовый код, одноразовый пароль, код из смс, ваш код, пин-код, ПИН-код, пинкод, пин, ПИН, код авторизации, код підтвердження"},
	{announceCode, "", "zh ja ko", "验证码, 校验码, 驗證碼, 动态码, 动态密码, 安全码, 确认码, PIN码, 確認コード, 認証コード, 認証番号, 暗証番号, セキュリティコード, ワンタイムパスワード, 検証コード, 인증번호, 인증코드, 인증 코드, 확인코드, 확인 코드, 보안코드, 보안 코드, 일회용 비밀번호"},
	{announceCode, "", "ar he th el hi", "رمز التحقق, رمز التأكيد, رمز الأمان, קוד אימות, קוד האימות, รหัสยืนยัน, รหัส OTP, κωδικός επαλήθευσης, κωδικός επιβεβαίωσης, सत्यापन कोड"},
	{announceID, "cn-id", "zh", "身份证, 身份證, 公民身份号码"},
	{announceID, "kr-rrn", "ko", "주민등록번호, 주민번호"},
	{announceID, "in-aadhaar", "hi", "आधार"},
	{announcePassport, "", "ru uk zh ja ko", "паспорт, загранпаспорт, 护照, 護照, パスポート, 旅券, 여권"},
	{announcePassport, "", "ar he th el", "جواز, דרכון, หนังสือเดินทาง, διαβατήριο"},
	{announceLicense, "", "ru zh ja ko", "водительск, права номер, 驾驶证, 驾照, 駕照, 運転免許, 免許証, 운전면허"},
}

// foreignPhrase is a phrase of foreignRows.
type foreignPhrase struct {
	text string
	announcement
}

// foreignPhrases are the phrases of foreignRows by their first two bytes.
var foreignPhrases = func() map[[2]byte][]foreignPhrase {
	m := map[[2]byte][]foreignPhrase{}
	for i := range foreignRows {
		row := &foreignRows[i]
		ids := nationalIndexes(row.ids)
		for p := range strings.SplitSeq(row.phrases, ",") {
			p = strings.TrimSpace(p)
			for _, text := range []string{p, upperFirst(p)} {
				head := [2]byte{text[0], text[1]}
				m[head] = append(m[head], foreignPhrase{text, announcement{kind: row.kind, ids: ids}})
				if text == upperFirst(p) && text == p {
					break
				}
			}
		}
	}
	return m
}()

// upperFirst returns p with its first letter as a capital.
func upperFirst(p string) string {
	for i := range p {
		if i > 0 {
			return strings.ToUpper(p[:i]) + p[i:]
		}
	}
	return p
}

// maxForeign is the distance within which a phrase stands before its number, in bytes: letters of other scripts have two or three.
const maxForeign = 60

// foreignBefore returns the phrase of another script that announces what begins at i, or nil: the last one in the same line.
func (sc *scanner) foreignBefore(i int) *foreignPhrase {
	s := sc.text
	lo := max(sc.floor, i-maxForeign)
	for j := i - 1; j > lo; j-- {
		b := s[j-1]
		if b == '\n' || s[j] == '\n' {
			return nil
		}
		if b < 0xC3 && b != 'P' {
			continue
		}
		list := foreignPhrases[[2]byte{b, s[j]}]
		for k := range list {
			if p := &list[k]; strings.HasPrefix(s[j-1:i], p.text) {
				return p
			}
		}
	}
	return nil
}

// foreignKind reports that a phrase of another script announces a number of a kind at i. Most texts have none, and are not searched.
func (sc *scanner) foreignKind(i int, kind announceKind) bool {
	s := sc.text
	for j := i - 1; j >= max(i-8, sc.floor); j-- {
		if s[j] >= 0x80 {
			p := sc.foreignBefore(i)
			return p != nil && p.kind == kind
		}
	}
	return false
}

// foreignNear reports a letter outside ASCII just before i.
func foreignNear(b []byte, i int) bool {
	if i < 4 {
		return i == 3 && (b[0]|b[1]|b[2]) >= 0x80
	}
	return binary.LittleEndian.Uint32(b[i-4:])&0x80808000 != 0
}

// foreignNumber handles the digits at i, or the letter before them, when a phrase of another script announces a code or the number of a
// document.
func (sc *scanner) foreignNumber(i int) bool {
	s := sc.text
	for i > sc.floor && isLetter(s[i-1]) {
		i--
	}
	if i < 3 || s[i-1]|s[i-2]|s[i-3] < 0x80 {
		return false
	}
	p := sc.foreignBefore(i)
	if p == nil || p.kind < announceCode {
		return false
	}
	return sc.announcedAt(i, &p.announcement, true, true)
}
