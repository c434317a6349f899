package redacttest

import (
	"fmt"
	"strings"
)

// Case is a text that holds one secret or one piece of personal data, or, with an empty Value, nothing of the kind.
type Case struct {
	// Place is the form of the text, for reports.
	Place string
	// Text is the text.
	Text string
	// Value is what must not be in the result.
	Value string
}

// passwords are made-up passwords of the kinds that people and generators choose.
var passwords = []string{
	"Tr0ub4dor-and-3", "hunter2", "S3cr3t!Pass", "correct-horse-battery-staple", "P@ssw0rd123", "Summer2024!", "x7#Kq9!mZ2$v", "qwerty123", "LetMeIn!42", "aB3$xY9&kL", "swordfish99", "Welcome1", "n0t-a-real-pw", "G7h!kLp0",
	"8charsPw", "zaq12wsx", "M0nkey_Business", "Iloveyou2", "p4ssPhrase.With.Dots7", "dragon!fire_77",
}

// inNotations are the places of a value under a key, with {k} for the key in its usual spelling.
var passwordPlaces = []string{
	`{"password":"%s"}`, `{"user":"bob","password": "%s","ttl":3600}`, `{\"password\":\"%s\"}`, `"{\\\"db\\\":{\\\"password\\\":\\\"%s\\\"}}"`, `{"db_password":"%s"}`, `{"dbPassword":"%s"}`, `{'password': '%s'}`, `{"admin":{"passwd":"%s"}}`,
	"password: %s\n", "password: %s", "db:\n  user: app\n  password: \"%s\"\n  host: x\n", "- name: DB_PASSWORD\n  value: %s\n", "password = \"%s\"\n", "[db]\npassword = %s\n", "password='%s'", "DB_PASSWORD=%s", "export DB_PASSWORD=%s\n", "export PGPASSWORD='%s'; psql", `set PASSWORD=%s`, `$env:DB_PASSWORD = "%s"`, "PASSWORD=%s\nHOST=x\n", "DB_HOST=x\\nDB_PASSWORD=%s\\nDB_PORT=1",
	"ENV DB_PASSWORD %s\n", "ENV DB_PASSWORD=%s\n", "DB_PASSWORD=%s node app.js", "--build-arg DB_PASSWORD=%s .",
	"<password>%s</password>", `<property name="password" value="%s"/>`, `<add key="DbPassword" value="%s" />`, `<input type="password" name="password" value="%s">`, `<db:password>%s</db:password>`, `<user name="a" password="%s"/>`, `&lt;password&gt;%s&lt;/password&gt;`,
	"?user=bob&password=%s", "https://api.example.com/login?user=bob&password=%s&x=1", "user=bob&password=%s", "grant_type=password&username=bob&password=%s&scope=all", "user%%3Dbob%%26password%%3D%s%%26x%%3D1",
	"mysql -u root --password=%s db", "mysql -u root --password %s db", "mysql -uroot -p%s db", "mysqldump -h x -u root -p'%s' db", "sshpass -p %s ssh host", "sshpass -p '%s' ssh host", "redis-cli -a %s ping", "curl -u bob:%s https://x.example", "curl --user 'bob:%s' https://x.example", "docker login -u bob -p %s reg.example", "mongosh --username a --password %s", "psql \"host=x user=a password=%s\"", "app --db-password %s --port 1", `app --password "%s"`, "app -password %s", "wget --http-password=%s x", "net use x /user:a password:%s", "tool /password:%s", "java -Ddb.password=%s -jar x", "sqlcmd -S x -U sa -P %s", "ldapsearch -D cn=a -w %s", "helm install --set auth.password=%s x", "kubectl create secret generic x --from-literal=password=%s", "ansible-playbook -e db_password=%s x.yml", "htpasswd password=%s",
	"CREATE USER bob WITH PASSWORD '%s';", "CREATE USER 'bob'@'%%' IDENTIFIED BY '%s';", "ALTER USER bob IDENTIFIED BY \"%s\";", "ALTER ROLE bob PASSWORD '%s'", "GRANT ALL ON x TO bob IDENTIFIED BY '%s'", "IDENTIFIED WITH mysql_native_password BY '%s'", "CREATE LOGIN bob WITH PASSWORD = '%s'", "SET PASSWORD FOR bob = '%s'", "UPDATE users SET password = '%s' WHERE id = 1", "UPDATE users SET password='%s'", "SELECT * FROM users WHERE password = '%s'",
	"jdbc:mysql://h/db?user=a&password=%s", "jdbc:sqlserver://h:1433;databaseName=d;user=a;password=%s;encrypt=true", "Server=h;Database=d;User Id=a;Password=%s;", "Driver={ODBC};Server=h;Uid=a;Pwd=%s;", "Data Source=h;User ID=a;Password=%s", "host=h port=1 user=a password=%s dbname=d", "DSN=x;UID=a;PWD=%s",
	"postgres://app:%s@db.example:5432/app", "mysql://root:%s@localhost/x", "redis://:%s@cache:6379/0", "amqp://guest:%s@mq:5672/%%2F", "mongodb://a:%s@h1,h2/d?replicaSet=r", "https://bob:%s@host.example/path", "ftp://bob:%s@host/x", "smtp://a:%s@mail.example:587", "see postgresql://app:%s@db.example/app for it", "DATABASE_URL=postgres://app:%s@db.example/app", `{"url":"postgres://app:%s@db.example/app"}`, "clickhouse://default:%s@ch:9000", "nats://u:%s@n:4222", "ssh://bob:%s@host:22",
	"machine h login bob password %s", "machine h\nlogin bob\npassword %s\n", "//registry.example/:_password=%s", "_password = %s", "spring.datasource.password=%s\nspring.x=1", "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username=\"a\" password=\"%s\";",
	"The password is %s", "the password is: %s", "My password is %s, please help.", "Password: %s", "password - %s", "your new password: %s\n", "**Password:** %s", "Password: `%s`", "the password is `%s`.", "use the password \"%s\" to log in", "login: bob password: %s", "user bob / password %s", "credentials: bob / password=%s", "Reset the password to %s today", "I set my password to %s.", "(password: %s)", "The admin password for staging is %s", "password for the db = %s", "the pwd is %s", "passphrase: %s", "pw: %s", "temp password is %s and expires soon", "Login with password %s.", "| password | %s |", "| user | password |\n|---|---|\n| bob | password: %s |", "Passwort: %s", "Das Passwort lautet %s.", "mot de passe : %s", "contraseña: %s", "la contraseña es %s", "senha: %s", "密码：%s", "密码: %s。", "パスワード：%s", "пароль: %s", "Password：%s，谢谢",
	"login failed for bob with password=%s", "2026-11-22 ERROR auth: user=bob password=%s ip=1.2.3.4", "level=info password=%s msg=ok", "time=x password=\"%s\" y", "[auth] password:%s", "Exception: invalid credentials (password=%s)", "at login(user=bob, password=%s)", "pass: %s", "DB_PASS=%s", "SMTP_PASS: %s", "userPass=%s", "login(\"bob\", password=\"%s\")", "const password = '%s';", "let dbPassword = \"%s\";", "var password string = \"%s\"", "password := \"%s\"", "private String password = \"%s\";", "self.password = '%s'", "password: str = \"%s\"", "os.environ['DB_PASSWORD'] = '%s'", "process.env.DB_PASSWORD = '%s'", "setenv(\"DB_PASSWORD\", \"%s\")", "conn.password = `%s`", "$password = '%s';", "'password' => '%s',", "password=\"%s\",", "define('DB_PASSWORD', '%s');", "if password == \"%s\":", "#define PASSWORD \"%s\"", "password=%s # comment", "'password'=>\"%s\"", `:password => "%s"`, "PASSWORD=\"%s\" ./run", `{"name":"password","value":"%s"}`, `{"key": "DB_PASSWORD", "value": "%s"}`, `[{"name":"DB_PASSWORD","value":"%s"}]`, "password=%s;", "password=%s,user=b", "{password: %s}", "{password: %s, user: bob}", "password %s", "PASSWORD: %s\r\n", "password\t%s", "password:\t%s", `password\\u003d%s`,
}

// PasswordCases are passwords in the notations of configuration, code, commands, databases and prose.
func PasswordCases() (out []Case) {
	for _, place := range passwordPlaces {
		for _, p := range passwords {
			if strings.Contains(place, "://") && strings.ContainsAny(p, "#$&") {
				continue // would be percent-encoded in a URL
			}
			out = append(out, Case{place, fmt.Sprintf(place, p), p})
		}
	}
	return out
}

// keyed spells a key in the ways of configuration, code, protocols and prose; {k} is snake case, {K} capitals, {c} camel case, {h} a header, {w} words.
var keyed = []string{
	`{"{k}":"%s"}`, `{"{c}": "%s", "a":1}`, `{\"{k}\":\"%s\"}`, `{\\\"{c}\\\":\\\"%s\\\"}`, `{'{k}': '%s'}`, "{k}: %s\n", "{c}: \"%s\"", "{k} = \"%s\"", "{K}=%s", "export {K}=%s", "{K}=%s\nX=1", "{k}=%s", "?a=1&{k}=%s&b=2", "--{k} %s", "--{d}=%s", "--{d} %s -x", "{h}: %s", "{h}: %s\r\nHost: x", `-H "{h}: %s"`, `-H '{h}: %s' https://x`, `"{h}": "%s"`, "<{c}>%s</{c}>", `<add key="{c}" value="%s"/>`, `{"name":"{K}","value":"%s"}`,
	"- name: {K}\n  value: %s\n", "const {c} = '%s';", "{k} := \"%s\"", "os.environ[\"{K}\"] = \"%s\"", "setenv(\"{K}\", \"%s\")", "'{k}' => '%s'", "The {w} is %s", "my {w}: %s", "{w} is `%s`.", "**{w}**: %s", "here is the {w} %s, use it", "{K}=\"%s\"", "({w}: %s)", "{k}=%s;x=1", "%%22{k}%%22%%3A%%22%s%%22", "var {c} string = \"%s\"", "{k}：%s。", "req.headers[\"{h}\"] = \"%s\"", "| {w} | %s |", "client({k}=\"%s\")", "Client({c}: \"%s\")", "{c}=%s, other=1", "process.env.{K}='%s'", "ENV {K} %s", `{k}=%s ./run`, "{K}: '%s'", `"{K}"="%s"`, "{k}=%s)",
}

func spell(place, words string) string {
	parts := strings.Fields(words)
	camel, header := parts[0], ""
	var camelSb62 strings.Builder
	var headerSb62 strings.Builder
	for i, p := range parts {
		title := strings.ToUpper(p[:1]) + p[1:]
		if i > 0 {
			camelSb62.WriteString(title)
			headerSb62.WriteString("-")
		}
		headerSb62.WriteString(title)
	}
	camel += camelSb62.String()
	header += headerSb62.String()
	return strings.NewReplacer("{k}", strings.Join(parts, "_"), "{K}", strings.ToUpper(strings.Join(parts, "_")), "{c}", camel, "{h}", header, "{w}", words, "{d}", strings.Join(parts, "-")).Replace(place)
}

// keyedSecrets are values that only their key gives away.
var keyedSecrets = []struct{ key, format string }{
	{"api key", "[0-9a-f]{32}"},
	{"api key", "[0-9A-Za-z]{40}"},
	{"x api key", "[0-9A-Za-z]{32}"},
	{"apikey", "[0-9a-z]{24}"},
	{"openai api key", "[0-9A-Za-z]{32}"},
	{"mistral api key", "[0-9A-Za-z]{32}"},
	{"cohere api key", "[0-9A-Za-z]{40}"},
	{"azure openai api key", "[0-9a-f]{32}"},
	{"wandb api key", "[0-9a-f]{40}"},
	{"datadog api key", "[0-9a-f]{32}"},
	{"dd app key", "[0-9a-f]{40}"},
	{"client secret", "[0-9A-Za-z_-]{32}"},
	{"secret key", "[0-9A-Za-z]{40}"},
	{"aws secret access key", "[0-9A-Za-z/+]{40}"},
	{"secret", "[0-9A-Za-z]{24}"},
	{"webhook secret", "[0-9a-f]{32}"},
	{"app secret", "[0-9a-f]{32}"},
	{"jwt secret", "[0-9A-Za-z]{32}"},
	{"shared secret", "[0-9A-Za-z+/]{43}="},
	{"access token", "[0-9A-Za-z]{40}"},
	{"refresh token", "[0-9A-Za-z_-]{43}"},
	{"auth token", "[0-9a-f]{32}"},
	{"session token", "[0-9A-Za-z/+]{64}"},
	{"id token", "[0-9A-Za-z]{48}"},
	{"bot token", "[0-9A-Za-z]{36}"},
	{"token", "[0-9A-Za-z]{32}"},
	{"github token", "[0-9a-f]{40}"},
	{"csrf token", "[0-9A-Za-z]{32}"},
	{"bearer token", "[0-9A-Za-z]{32}"},
	{"device token", "[0-9a-f]{64}"},
	{"personal access token", "[0-9a-z]{52}"},
	{"access key", "[0-9A-Za-z/+]{40}"},
	{"account key", "[0-9A-Za-z+/]{86}=="},
	{"private key", "[0-9A-Za-z+/]{64}"},
	{"encryption key", "[0-9a-f]{64}"},
	{"signing key", "[0-9A-Za-z]{32}"},
	{"master key", "[0-9A-Za-z]{32}"},
	{"subscription key", "[0-9a-f]{32}"},
	{"license key", "[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}"},
	{"shared access key", "[0-9A-Za-z+/]{43}="},
}

// KeyedCases are random values that only their name gives away.
func KeyedCases() (out []Case) {
	for _, place := range keyed {
		for i, s := range keyedSecrets {
			for seed := range uint64(4) {
				secret := Sample(s.format, uint64(i)*10+seed)
				out = append(out, Case{place + " " + s.key, fmt.Sprintf(spell(place, s.key), secret), secret})
			}
		}
	}
	return out
}
