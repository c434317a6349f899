package redact

import "testing"

func TestAnASCIIAddressEndsWhereASCIIDoes(t *testing.T) {
	checkNotations(t, newRedactor(t), []notation{
		{"連絡は rosa.lindt@example.netに連絡してください", "連絡は §に連絡してください"},
		{"邮箱rosa.lindt@example.net发送", "邮箱§发送"},
		{"请将报告发送到rosa.lindt@example.net并抄送给经理", "请将报告发送到§并抄送给经理"},
		{"メール：rosa.lindt@example.com。", "メール：§。"},
		{"이메일rosa.lindt@example.co.kr으로 보내세요", "이메일§으로 보내세요"},
		{"ส่งถึงrosa@example.comครับ", "ส่งถึง§ครับ"},
		{"بريدrosa@example.orgوشكرا", "بريد§وشكرا"},
		{"почтаrosa@example.ruпожалуйста", "почта§пожалуйста"},
		{"ταχυδρομείοrosa@example.grκαι", "ταχυδρομείο§και"},
		{"דואלrosa@example.co.ilתודה", "דואל§תודה"},
		{"ईमेलrosa@example.inपर", "ईमेल§पर"},
		{"😀rosa@example.net😀", "😀§😀"},
		{"（rosa@example.net）、「rosa@example.org」", "（§）、「§」"},
		{"宛先→rosa+news@mail.example.co.jp←です", "宛先→§←です"},
		{"連絡先：rosa＠example.netまで", "連絡先：§まで"},
		{"联系rosa@example.net或leo@example.net。", "联系§或§。"},
		{"请写信到 rosa@例子.公司 谢谢", "请写信到 § 谢谢"},
		{"rosa@bücher.example und jürgen.müller@example.de", "§ und §"},
		{"用户@例子.公司 и почта@пример.рф", "§ и §"},
		{"почта1@пример.рф, info@xn--e1afmkfd.xn--p1ai", "§, §"},
		{"उपयोगकर्ता@उदाहरण.भारत", "§"},
		{"rosa@mail.example.公司", "§"},
		{"josé@comédie.fr", "§"},
		{"rosa@example.net。请回复", "§。请回复"},
		{"liên hệ nguyễn@example.vn nhé", "liên hệ § nhé"},
		{"请联系josé.garcía@example.com谢谢", "请联系§谢谢"},
		{"[邮件](mailto:rosa@example.net)发给rosa@example.net", "[邮件](mailto:§)发给§"},
		{"rosa@example.netрф", "§рф"},
		// No addresses.
		{"价格@3倍です", ""},
		{"画像icon@2x.pngです", ""},
		{"依存react@18.2.0を入れる", ""},
		{"ユーザー@田中さん、見て", ""},
		{"集合@渋谷駅。10:30", ""},
		{"привет @вася", ""},
	})
}
